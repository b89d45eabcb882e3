"""What the dashboard promises, one method a promise."""

import base64
import contextlib
import datetime
import importlib.resources
import json
import pathlib
import re
import sys
import time
import traceback
import urllib.request
import zoneinfo

from browser import Failed, Skipped, expect
from selenium import webdriver
from selenium.webdriver.common.keys import Keys
from states import States

DASHBOARD = pathlib.Path(__file__).resolve().parents[3] / "dashboard"
AXES = [("axe_core_python", "axe.min.js"), ("axe_selenium_python", "node_modules/axe-core/axe.min.js")]  # axe-core 4, and the one Selenium's binding brings
PLACES = ["now", "flow", "efficiency", "quality", "pipeline"]
WIDTHS = [360, 768, 1440]
THEMES = ["light", "dark"]
PAINT_BUDGET = 500  # milliseconds to the first contentful paint on loopback
CODE_BUDGET = 150_000  # bytes of our own code


class Suite(States):
    def __init__(self, browser, mock, only):
        self.b, self.mock, self.only = browser, mock, only
        self.counts = {"passed": 0, "failed": 0, "skipped": 0}
        self.axes = []
        for package, path in AXES:
            with contextlib.suppress(ModuleNotFoundError, FileNotFoundError):
                self.axes.append(importlib.resources.files(package).joinpath(path).read_text(encoding="utf-8"))
        if not self.axes:
            sys.exit("axe is missing: pip install axe-core-python axe-selenium-python")

    def run(self, name, check):
        if self.only and self.only not in name:
            return
        start = time.monotonic()
        try:
            note = check() or ""
            outcome = "passed"
        except Skipped as reason:
            if not self.mock:
                # what needs a server that can be switched ran against the mock; it is no check of this one
                print(f"mock    {name}: {reason}", flush=True)
                return
            outcome, note = "skipped", str(reason)
        except Failed as reason:
            outcome, note = "failed", str(reason)
        except Exception:  # a driver that dies fails the check, not the run
            outcome, note = "failed", traceback.format_exc(limit=4)
        self.counts[outcome] += 1
        print(f"{outcome:7} {name} ({time.monotonic() - start:.1f} s){f': {note}' if note else ''}", flush=True)

    def post(self, path):
        if not self.mock:
            raise Skipped("needs the mock server")
        with urllib.request.urlopen(urllib.request.Request(self.b.base + path, method="POST", data=b"{}"), timeout=10) as answer:
            return json.loads(answer.read() or b"{}")

    @contextlib.contextmanager
    def state(self, name):
        self.post(f"/mock/state?name={name}")
        try:
            yield
        finally:
            self.post("/mock/state?name=live")

    # every place, every width, both themes
    def place(self, place, width, theme):
        b = self.b
        b.resize(width)
        b.theme(theme)
        b.open(f"#/{place}")
        time.sleep(1.0)  # updates arrive meanwhile
        b.errors()
        shift = b.js("return window.__shift")
        overflow = b.js("return document.documentElement.scrollWidth - innerWidth")
        b.picture(f"{place}-{width}-{theme}")
        total = sum(entry["value"] for entry in shift)
        expect(total == 0, f"layout shift {total:.4f}: {shift[:2]}")
        expect(overflow <= 0, f"the page is {overflow} px wider than the window")
        self.axe()

    def axe(self):
        found = []
        for script in self.axes:
            self.b.js("delete window.axe;" + script)
            found += self.b.driver.execute_async_script(
                "const done = arguments[0]; axe.run(document, { resultTypes: ['violations'] }).then((r) => done(r.violations), (e) => done([{ id: String(e), impact: 'critical', nodes: [{ html: '' }] }]))")
        found = [v for v in found if v["impact"] in ("serious", "critical")]
        expect(not found, "axe: " + "; ".join(f"{v['id']} ({len(v['nodes'])}): {v['nodes'][0]['html'][:160]} {v['nodes'][0].get('failureSummary', '')[:200]}" for v in found))

    def first_paint(self):
        b = self.b
        b.resize(1440)
        b.theme("light")
        times = []
        for _ in range(5):
            b.cdp("Network.clearBrowserCache")
            b.open("#/now")
            times.append(b.js("return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 1e9"))
        median = sorted(times)[len(times) // 2]
        expect(median <= PAINT_BUDGET, f"first contentful paint {median:.0f} ms, wanted at most {PAINT_BUDGET}")
        return f"{median:.0f} ms (median of {', '.join(f'{t:.0f}' for t in times)})"

    def code_size(self):
        size = sum(p.stat().st_size for p in DASHBOARD.rglob("*") if p.is_file())
        expect(size < CODE_BUDGET, f"{size} bytes of our own code, wanted under {CODE_BUDGET}")
        return f"{size} bytes"

    def no_foreign_requests(self):
        b = self.b
        b.resize(1440)
        for place in PLACES:
            b.open(f"#/{place}")
            foreign = b.js("return performance.getEntriesByType('resource').map((e) => e.name).filter((n) => !n.startsWith(location.origin))")
            expect(not foreign, f"{place} asks elsewhere: {foreign}")

    def strict_policy(self):
        with urllib.request.urlopen(self.b.base + "/", timeout=10) as answer:
            policy = answer.headers.get("Content-Security-Policy") or ""
            page = answer.read().decode()
        expect("default-src 'self'" in policy and "unsafe" not in policy, f"Content-Security-Policy is “{policy}”")
        expect(not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page), "index.html has inline script or style")

    def keyboard(self, place):
        """Tab through everything: each stop has a visible focus, and every control is among the stops."""
        b = self.b
        b.resize(1440)
        b.theme("light")
        b.open(f"#/{place}")
        b.js("document.activeElement?.blur(); document.body.focus(); scrollTo(0, 0)")
        wanted = b.js("""
          const all = [...document.querySelectorAll('a[href], button:not(:disabled), select, input, summary, [tabindex="0"]')].filter((e) => e.getClientRects().length && getComputedStyle(e).visibility !== 'hidden');
          all.forEach((e, i) => { e.dataset.stop = i; });
          const radio = all.filter((e) => e.type === 'radio' && !e.checked).map((e) => e.dataset.stop);
          return [all.length, radio];""")
        seen, unseen_focus = set(), []
        for _ in range(wanted[0] + 12):
            webdriver.ActionChains(b.driver).send_keys(Keys.TAB).perform()
            stop = b.js("""
              const e = document.activeElement;
              if (!e || e === document.body) return null;
              const shown = e.type === 'radio' ? e.nextElementSibling : e;
              const s = getComputedStyle(shown);
              const r = shown.getBoundingClientRect();
              return [e.dataset.stop ?? null, s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2, r.bottom > 0 && r.top < innerHeight, e.outerHTML.slice(0, 90)];""")
            if stop is None:
                if len(seen) > 3:
                    break
                continue
            if not (stop[1] and stop[2]):
                unseen_focus.append(stop[3])
            if stop[0] is not None:
                seen.add(int(stop[0]))
        missing = set(range(wanted[0])) - seen - {int(i) for i in wanted[1]}
        lost = [b.js("return document.querySelector(`[data-stop='${arguments[0]}']`)?.outerHTML.slice(0, 100)", i) for i in sorted(missing)[:4]]
        expect(not missing, f"not reached: {lost}")
        expect(not unseen_focus, f"focus not to be seen on {unseen_focus[:4]}")
        return f"{len(seen)} stops"

    def info(self):
        """Every info button on every place shows a title, a definition and its source, and Escape gives the focus back."""
        b = self.b
        b.resize(1440)
        shown = 0
        for place in PLACES:
            b.open(f"#/{place}")
            for metric in b.js("return [...document.querySelectorAll('.tile')].map((t) => t.dataset.metric)"):
                b.js("document.querySelector(`[data-metric=${arguments[0]}] .icon`).focus()", metric)
                webdriver.ActionChains(b.driver).send_keys(Keys.ENTER).perform()
                words = b.wait("const c = document.getElementById('explanation'); return c.matches(':popover-open') ? c.innerText : ''", f"the definition of {metric}")
                expect(len(words) > 60 and "No definition" not in words and "Source" in words, f"{metric}: “{words}”")
                webdriver.ActionChains(b.driver).send_keys(Keys.ESCAPE).perform()
                b.wait("return !document.getElementById('explanation').matches(':popover-open')", "the definition to close")
                expect(b.js("return document.activeElement.matches('.icon')"), f"{metric}: focus did not come back")
                shown += 1
        return f"{shown} definitions"

    def rows(self):
        """The rows behind every tile open from the address, and their CSV has a header."""
        b = self.b
        b.resize(1440)
        seen = 0
        for place in PLACES:
            b.open(f"#/{place}")
            for metric in b.js("return [...document.querySelectorAll('.tile')].filter((t) => t.querySelectorAll('.icon').length > 1).map((t) => t.dataset.metric)"):
                b.js("location.hash = `#/${arguments[0]}?rows=${arguments[1]}`", place, metric)
                b.wait("return document.getElementById('rows').open && document.querySelectorAll('#rows tbody tr').length > 0", f"rows of {metric}")
                link = b.js("return document.querySelector('#rows a').href")
                with urllib.request.urlopen(link, timeout=20) as answer:
                    kind, first = answer.headers["Content-Type"], answer.readline().decode()
                expect(kind.startswith("text/csv"), f"{metric}: {kind}")
                has_rows = b.js("return !document.querySelector('#rows td.none')")
                expect("," in first or not has_rows, f"{metric}: CSV begins with “{first.strip()}”")
                webdriver.ActionChains(b.driver).send_keys(Keys.ESCAPE).perform()
                b.wait("return !document.getElementById('rows').open && !location.hash.includes('rows=')", "the rows to close")
                seen += 1
        b.open("#/now?rows=hospitals")
        b.wait("return document.getElementById('rows').open", "rows named in the address")
        b.picture("rows-1440-light")
        self.axe()
        return f"{seen} tiles"

    def address(self):
        """Filters go to the address, survive a reload, go back, and narrow the figures."""
        b = self.b
        b.resize(1440)
        b.open("#/now")
        choice = b.wait("return document.querySelectorAll('#filter-hospital option').length > 1 ? document.querySelectorAll('#filter-hospital option')[1].value : ''", "hospitals to choose")
        everyone = self.census()
        b.js("const s = document.getElementById('filter-hospital'); s.value = arguments[0]; s.dispatchEvent(new Event('change', { bubbles: true }))", choice)
        b.wait(f"return location.hash.includes('hospital={choice}')", "the filter in the address")
        b.wait("return document.querySelectorAll('.hospital:not(.skeleton)').length === 1", "one hospital")
        one = self.census()
        hospitals = b.js("return document.querySelectorAll('#filter-hospital option').length - 1")
        expect(hospitals == 1 or one < everyone, f"{one} of {everyone} patients after choosing one hospital")
        b.driver.refresh()
        b.settle()
        expect(b.js("return document.getElementById('filter-hospital').value") == choice, "the filter did not survive a reload")
        b.js("document.querySelector('#places a[data-place=flow]').click()")
        b.settle()
        expect(f"hospital={choice}" in b.js("return location.hash"), "the filter did not follow to another place")
        b.js("document.getElementById('period-24h').click()")
        b.wait("return location.hash.includes('period=24h')", "the period in the address")
        b.driver.back()
        b.wait("return !location.hash.includes('period=24h')", "going back")

    def census(self):
        return int(self.b.js("return document.querySelector('[data-metric=census] .value').textContent").replace(",", "") or 0)

    def drawer(self, width):
        """A cell of the matrix opens its department; Escape closes it and gives the focus back."""
        b = self.b
        b.resize(width)
        b.theme("light")
        b.open("#/now")
        b.js("document.querySelector('button.cell:not(:disabled)').focus()")
        name = b.js("return document.activeElement.dataset.open")
        webdriver.ActionChains(b.driver).send_keys(Keys.ENTER).perform()
        b.wait("return document.getElementById('drawer').open && document.querySelectorAll('.facts li').length === 6 && document.querySelectorAll('#drawer canvas').length === 2", "the drawer")
        expect(b.js("return decodeURIComponent(location.hash)").endswith(f"open={name}"), "the drawer is not in the address")
        time.sleep(0.5)
        b.errors()
        self.axe()
        if b.screenshots:
            (b.screenshots / f"drawer-{width}-light.png").write_bytes(base64.b64decode(b.cdp("Page.captureScreenshot")["data"]))
        webdriver.ActionChains(b.driver).send_keys(Keys.ESCAPE).perform()
        b.wait("return !document.getElementById('drawer').open && !location.hash.includes('open=')", "the drawer to close")
        expect(b.js("return document.activeElement.dataset.open") == name, "focus did not come back to the cell")

    def announced(self):
        b = self.b
        b.open("#/now")
        words = b.wait("return document.getElementById('announcer').textContent", "something announced")
        expect(b.js("return document.getElementById('announcer').getAttribute('aria-live')") == "polite", "not polite")
        changes = b.driver.execute_async_script("""
          const done = arguments[0]; let n = 0;
          const watch = new MutationObserver(() => { n += 1; });
          watch.observe(document.getElementById('announcer'), { childList: true, characterData: true, subtree: true });
          setTimeout(() => { watch.disconnect(); done(n); }, 6000);""")
        expect(changes <= 1, f"announced {changes} times within 6 s")
        return f"“{words}”"

    def reduced_motion(self):
        b = self.b
        b.theme("light", motion="reduce")
        b.open("#/now")
        moving = b.js("return [...document.querySelectorAll('*')].filter((e) => parseFloat(getComputedStyle(e).transitionDuration) > 0 || getComputedStyle(e).animationName !== 'none').length")
        b.theme("light")
        expect(moving == 0, f"{moving} elements still move")

    def theme_toggle(self):
        b = self.b
        b.theme("light")
        b.open("#/now")
        before = b.js("return getComputedStyle(document.documentElement).backgroundColor")
        b.js("document.getElementById('theme').click(); document.getElementById('theme').click()")
        dark = b.js("return getComputedStyle(document.documentElement).backgroundColor")
        b.driver.refresh()
        b.settle()
        kept = b.js("return getComputedStyle(document.documentElement).backgroundColor")
        b.js("document.getElementById('theme').click()")
        expect(before != dark == kept, f"{before}, then {dark}, after a reload {kept}")

    def asked(self, path):
        with urllib.request.urlopen(f"{self.b.base}/api/v1/{path}", timeout=20) as answer:
            return json.loads(answer.read())

    def zone(self):
        """Times are those of the chosen hospital, and the page says so once."""
        b = self.b
        b.resize(1440)
        now = self.asked("now")
        there = next((one for one in now["hospitals"] if one["time_zone"] != now["time_zone"]), None)
        expect(there, "no hospital in another zone than the network's")

        def second_of_day():
            instant = datetime.datetime.fromisoformat(self.asked("now")["as_of"]).astimezone(zoneinfo.ZoneInfo(there["time_zone"]))
            return instant.hour * 3600 + instant.minute * 60 + instant.second

        for place in ("now", "efficiency"):
            b.open(f"#/{place}?hospital={there['hospital_id']}")
            b.wait(f"return document.getElementById('status').innerText.includes('times in {there['time_zone']}')", f"the zone on {place}")
            earliest = second_of_day()
            shown = re.search(r"(\d\d):(\d\d):(\d\d)", b.js("return document.querySelector('.tile .fresh').textContent"))
            hours, minutes, seconds = map(int, shown.groups())
            # a simulated clock may run an hour a minute, and a tile waits up to half a minute for its turn
            away = (hours * 3600 + minutes * 60 + seconds - earliest + 43200) % 86400 - 43200
            expect(abs(away) < 3600, f"{place} shows {shown.group(0)}, {away} s from {there['time_zone']}")
        return there["time_zone"]

    def all(self, widths=WIDTHS, themes=THEMES):
        for place in PLACES:
            for width in widths:
                for theme in themes:
                    self.run(f"place {place} at {width} px, {theme}", lambda p=place, w=width, t=theme: self.place(p, w, t))
        self.run("first contentful paint", self.first_paint)
        self.run("size of our own code", self.code_size)
        self.run("nothing is asked from elsewhere", self.no_foreign_requests)
        self.run("strict content security policy", self.strict_policy)
        for place in PLACES:
            self.run(f"keyboard reaches everything on {place}", lambda p=place: self.keyboard(p))
        self.run("info buttons show definitions", self.info)
        self.run("rows and CSV behind every tile", self.rows)
        self.run("filters live in the address", self.address)
        self.run("times are those of the chosen hospital", self.zone)
        for width in (360, 1440):
            self.run(f"drawer at {width} px", lambda w=width: self.drawer(w))
        self.run("live figures are announced politely", self.announced)
        self.run("reduced motion", self.reduced_motion)
        self.run("theme is kept", self.theme_toggle)
        for name, word in [("quiet", "Quiet"), ("stale", "Stale"), ("partial", "Partial"), ("simulated", "Live"), ("error", "Error")]:
            for width in (360, 1440):
                self.run(f"state {name} at {width} px", lambda n=name, w=word, x=width: self.pretend(n, w, x))
        self.run("state empty teaches the first event", self.empty)
        self.run("a cut connection comes back", self.reconnects)
        self.run("memory is flat over 10,000 updates", self.memory)
