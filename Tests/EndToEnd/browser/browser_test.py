#!/usr/bin/env python3
"""Checks the dashboard in headless Chromium. See README.md beside this file.

    python3 browser_test.py                                      mock server; then the binary in $PATIENTFLOW_TEST_BINARY, if that is set
    python3 browser_test.py --mock [--screenshots FOLDER] [--only WORD]
    python3 browser_test.py --base-url http://127.0.0.1:8080 [--screenshots FOLDER]
"""

import argparse
import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import mock_server
from browser import Browser, Failed
from checks import Suite

HERE = pathlib.Path(__file__).resolve().parent


def go(base, mock, screenshots, only, checks=Suite.all, **what):
    """Runs the checks against one server and returns the counts."""
    if screenshots:
        screenshots.mkdir(parents=True, exist_ok=True)
    browser = Browser(base, screenshots)
    try:
        suite = Suite(browser, mock, only)
        checks(suite, **what)
    finally:
        browser.close()
    return suite.counts


@contextlib.contextmanager
def real_server(binary, *feeds):
    """`patientflow run` in a folder of its own; gives its address once it has figures."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="patientflow-browser-") as folder:
        command = [binary, "run", "--data-dir", folder, "--port", str(port), *feeds]
        with open(pathlib.Path(folder) / "log", "wb") as log:
            process = subprocess.Popen(command, cwd=HERE.parents[2], stdout=log, stderr=log)
            try:
                end = time.monotonic() + 120
                while True:
                    with contextlib.suppress(OSError, ValueError):
                        # Without a feed there is no event of a patient, and so no time at which the figures would hold.
                        with urllib.request.urlopen(f"{base}/{'readyz' if '--no-simulator' in feeds else 'api/v1/now'}", timeout=5) as answer:
                            if "--no-simulator" in feeds or json.loads(answer.read())["as_of"]:
                                break
                    if process.poll() is not None or time.monotonic() > end:
                        raise Failed("the server gave no figures: " + (pathlib.Path(folder) / "log").read_text(errors="replace")[-1500:])
                    time.sleep(0.5)
                yield base
            finally:
                process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(20)
                process.kill()


def main():
    parser = argparse.ArgumentParser(description="Checks the dashboard in headless Chromium.")
    parser.add_argument("--base-url", help="a running server")
    parser.add_argument("--mock", action="store_true", help="start mock_server.py, or say that --base-url is one")
    parser.add_argument("--screenshots", type=pathlib.Path, default=HERE.parent / "screenshots", help="folder for the pictures (default: ../screenshots)")
    parser.add_argument("--only", help="run only checks whose name contains this")
    arguments = parser.parse_args()
    everything = []
    if arguments.base_url:
        everything.append(go(arguments.base_url, arguments.mock, arguments.screenshots, arguments.only))
    else:
        base = f"http://127.0.0.1:{mock_server.serve().server_address[1]}"
        everything.append(go(base, True, arguments.screenshots, arguments.only))
        binary = os.environ.get("PATIENTFLOW_TEST_BINARY")
        if binary and not arguments.mock:
            print("against the real server", flush=True)
            try:
                with real_server(binary, "--simulator", "--history", "8d") as base:
                    everything.append(go(base, False, arguments.screenshots / "real", arguments.only, widths=[360, 1440], themes=["light"]))
                with real_server(binary, "--no-simulator") as base:
                    everything.append(go(base, False, arguments.screenshots / "real", arguments.only, Suite.unfed))
            except Failed as reason:
                print(f"failed  the real server starts: {reason}")
                everything.append({"passed": 0, "failed": 1, "skipped": 0})
    total = {key: sum(counts[key] for counts in everything) for key in ("passed", "failed", "skipped")}
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**total))
    return 1 if total["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
