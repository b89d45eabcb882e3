"""Headless Chromium as the checks need it: sizes, themes, pictures, waiting, and what went wrong on the page."""

import base64
import os
import shutil
import tempfile
import time

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

PATIENCE = float(os.environ.get("PATIENTFLOW_BROWSER_PATIENCE", "20"))
SHIFTS = """
window.__shift = []; window.__errors = [];
addEventListener('error', (e) => window.__errors.push(String(e.message)));
addEventListener('unhandledrejection', (e) => window.__errors.push(String(e.reason)));
addEventListener('securitypolicyviolation', (e) => window.__errors.push('blocked by policy: ' + e.violatedDirective + ' ' + e.blockedURI));
new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput && window.__shift.length < 40) window.__shift.push({ value: entry.value,
  sources: entry.sources.map((s) => (s.node?.className || s.node?.id || s.node?.nodeName || '?') + ' ' + JSON.stringify(s.previousRect) + ' to ' + JSON.stringify(s.currentRect)) });
}).observe({ type: 'layout-shift', buffered: true });
"""


class Skipped(Exception):
    pass


class Failed(AssertionError):
    pass


def expect(condition, message):
    if not condition:
        raise Failed(message)


class Browser:
    def __init__(self, base, screenshots):
        self.base, self.screenshots = base.rstrip("/"), screenshots
        self.profile = tempfile.mkdtemp(prefix="patientflow-browser-")
        options = Options()
        for flag in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars", "--force-device-scale-factor=1",
                     "--disable-background-timer-throttling", "--no-first-run", f"--user-data-dir={self.profile}", "--js-flags=--expose-gc"]:
            options.add_argument(flag)
        binary = shutil.which("chromium") or shutil.which("google-chrome")
        if binary:
            options.binary_location = binary
        driver = shutil.which("chromedriver")
        self.driver = webdriver.Chrome(options=options, service=Service(driver) if driver else Service())
        self.driver.set_page_load_timeout(60)
        self.driver.set_script_timeout(60)
        self.cdp("Page.addScriptToEvaluateOnNewDocument", source=SHIFTS)
        self.size = None

    def cdp(self, command, **arguments):
        return self.driver.execute_cdp_cmd(command, arguments)

    def js(self, code, *arguments):
        return self.driver.execute_script(code, *arguments)

    def resize(self, width, height=None):
        height = height or (740 if width < 500 else 1024 if width < 1000 else 900)
        self.size = (width, height)
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500)

    def theme(self, name, motion="no-preference"):
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}, {"name": "prefers-reduced-motion", "value": motion}])

    def open(self, address, settled=True):
        self.driver.get("about:blank")
        self.driver.get(f"{self.base}/{address}")
        if settled:
            self.settle()

    def settle(self):
        """Until every tile has its figures, its problem, or the page says it is empty; then a moment for charts."""
        self.wait("return document.body.classList.contains('has-no-events') || (document.querySelectorAll('.tile').length > 0 "
                  "&& document.querySelectorAll('.tile[aria-busy=true]').length === 0)", "tiles with figures")
        self.wait("return [...document.querySelectorAll('.canvas')].every((c) => c.querySelector('canvas') || c.textContent)", "charts")
        time.sleep(0.4)

    def wait(self, code, what, seconds=PATIENCE):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = self.js(code)
            if value:
                return value
            time.sleep(0.1)
        raise Failed(f"waited {seconds:g} s for {what}; the status says “{self.status()}”; errors: {self.js('return window.__errors')}")

    def status(self):
        return self.js("return document.getElementById('status')?.innerText.replace(/\\s+/g, ' ') ?? ''")

    def picture(self, name):
        if not self.screenshots:
            return
        width, height = self.size
        tall = self.js("return Math.max(document.documentElement.scrollHeight, innerHeight)")
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=min(tall, 6000), deviceScaleFactor=1, mobile=width < 500)
        time.sleep(0.3)
        image = base64.b64decode(self.cdp("Page.captureScreenshot", format="png")["data"])
        (self.screenshots / f"{name}.png").write_bytes(image)
        self.resize(width, height)

    def errors(self):
        found = self.js("return window.__errors")
        expect(not found, f"errors on the page: {found}")

    def close(self):
        self.driver.quit()
        shutil.rmtree(self.profile, ignore_errors=True)
