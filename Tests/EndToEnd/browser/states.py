"""What the dashboard promises of its states, most of which only a server that pretends can bring about."""

import json
import re
import time
import urllib.request

from browser import expect


class States:
    def pretend(self, name, word, width=1440):
        b = self.b
        with self.state(name):
            b.resize(width)
            b.theme("light")
            b.open("#/now")
            b.wait(f"return document.getElementById('status-word').textContent === {json.dumps(word)}", f"the state {word}")
            if name == "simulated":
                b.wait("return !document.getElementById('ribbon').hidden", "the ribbon")
            if name == "partial":
                expect("Riverside" in b.status(), f"the silent hospital is not named: {b.status()}")
            time.sleep(0.5)
            b.errors()
            b.picture(f"state-{name}-{width}")
            self.axe()
            return f"“{b.status()}”"

    def empty(self):
        with self.state("empty"):
            self.teaches()

    def teaches(self):
        """The empty page teaches the first event; the command works as it stands, and the page fills by itself."""
        b = self.b
        b.resize(1440)
        b.open("#/now")
        b.wait("return document.getElementById('status-word').textContent === 'Empty'", "the empty state")
        b.picture("state-empty-1440")
        self.axe()
        command = b.js("return document.querySelector('#first-event pre').textContent")
        expect(command.startswith(f"curl -X POST {b.base}/patient-flow/messages"), command)
        body = re.search(r"-d '(.*)'", command, re.DOTALL).group(1)
        request = urllib.request.Request(f"{b.base}/patient-flow/messages", data=body.encode(), headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            expect(answer.status == 201, f"status {answer.status}")
        b.wait("return !document.body.classList.contains('has-no-events')", "the page to fill")
        b.settle()

    def unfed(self):
        """What a server shows that knows its departments from the network file and has no patient yet."""
        self.run("departments without a patient teach the first event", self.teaches)

    def reconnects(self):
        b = self.b
        b.resize(1440)
        b.open("#/now")
        b.wait("return document.getElementById('status-word').textContent === 'Live'", "being live")
        self.post("/mock/cut?seconds=4")
        b.wait("return document.getElementById('status-word').textContent === 'Connection lost'", "the page to say that the connection is lost", 15)
        said = b.status()
        b.picture("state-cut-1440")
        b.wait("return document.getElementById('status-word').textContent === 'Live'", "the connection to come back", 40)
        return f"“{said}”"

    def memory(self):
        """The heap after 10,000 updates is that after 1,000, give or take a tenth."""
        b = self.b
        b.resize(1440)
        b.open("#/now")

        def flood(n):
            self.post(f"/mock/flood?updates={n}")
            end = time.monotonic() + 240
            while self.post("/mock/slow?milliseconds=0")["left"] > 0:
                expect(time.monotonic() < end, "the flood took too long")
                time.sleep(0.3)
            time.sleep(1)
            b.cdp("HeapProfiler.collectGarbage")
            b.cdp("HeapProfiler.collectGarbage")
            metrics = {m["name"]: m["value"] for m in b.cdp("Performance.getMetrics")["metrics"]}
            return metrics["JSHeapUsedSize"], metrics["Nodes"]
        b.cdp("Performance.enable")
        before, nodes_before = flood(1000)
        after, nodes_after = flood(10000)
        expect(after <= before * 1.1 + 500_000, f"heap {before:.0f} bytes after 1,000 updates, {after:.0f} after 11,000")
        expect(nodes_after <= nodes_before * 1.1 + 200, f"{nodes_before:.0f} nodes, then {nodes_after:.0f}")
        return f"{before / 1e6:.2f} MB after 1,000 updates, {after / 1e6:.2f} MB after 11,000; {nodes_before:.0f} and {nodes_after:.0f} nodes"
