#!/usr/bin/env python3
"""What /metrics of a running process gives is what docs/metrics.md lists: names, kinds and labels, in both directions; and what lies on disk."""
import json, pathlib, re, threading, urllib.request
from support import Checks, Process, folder, ROOT

STAY = {"event_id": "m1", "event_time": "2026-05-01T10:00:00Z", "hospital_id": 2, "patient_id": "m", "gender": "Female", "age": 44, "department": "Cardiology",
        "bed_id": "C7", "admission_time": "2026-05-01T09:00:00Z"}


def documented():
    """{name: (kind, labels)}"""
    rows = re.findall(r"^\| `(patientflow_\w+)` \| (\w+) \| ([^|]*)\|", (ROOT / "docs/metrics.md").read_text(), re.M)
    return {name: (kind, frozenset(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}


def exposed(text):
    found = {name: (kind, set()) for name, kind in re.findall(r"^# TYPE (patientflow_\w+) (\w+)$", text, re.M)}
    for name, labels in re.findall(r"^(patientflow_\w+?)(?:\{([^}]*)\})? \S+$", text, re.M):
        base = next((n for n in (name, re.sub(r"_(bucket|sum|count)$", "", name)) if n in found), name)
        found.setdefault(base, ("none", set()))[1].update(set(re.findall(r'(\w+)="', labels or "")) - {"le"})
    return {name: (kind, frozenset(labels)) for name, (kind, labels) in found.items()}


def main():
    checks = Checks()
    with folder() as home:
        with Process(pathlib.Path(home) / "data", "--no-simulator") as process:
            process.post(STAY, "no JSON")
            process.post(STAY, hub="other")
            process.wait_committed()
            stream = urllib.request.urlopen(process.url + "/api/v1/events", timeout=10)
            stream.read(200)
            process.request("/metrics")
            text = process.request("/metrics")[2].decode()
            stream.close()
            wanted, found = documented(), exposed(text)
            checks.check("docs/metrics.md lists metrics", len(wanted) > 10, wanted)
            checks.equal("every metric that is listed is there", sorted(set(wanted) - set(found)), [])
            checks.equal("every metric that is there is listed", sorted(set(found) - set(wanted)), [])
            for name in sorted(set(wanted) & set(found)):
                checks.equal(f"{name} is of the kind and has the labels that are listed", found[name], wanted[name])
            for name in ("process_cpu_seconds_total", "process_resident_memory_bytes"):
                checks.check(f"{name} is there", re.search(rf"^{name} [0-9.]+$", text, re.M))
            sizes = dict(re.findall(r'^(patientflow_hub_bytes|patientflow_lakehouse_store_bytes\{file="\w+"\}) (\S+)$', text, re.M))
            checks.check("hub and write-ahead log have a size", all(float(v) > 0 for k, v in sizes.items() if "database" not in k) and len(sizes) == 3, sizes)
            stores = {s["store"]: s for s in json.loads(process.request("/api/v1/pipeline")[2])["stores"]}
            checks.equal("the pipeline page shows hub, database and write-ahead log", sorted(stores), ["database", "hub", "write-ahead log"])
            checks.check("with their sizes", stores["hub"]["bytes"] > 0 and stores["write-ahead log"]["bytes"] > 0 and stores["hub"]["rows"] > 50, stores)
            feeds = {f["hospital_id"]: f["events"] for f in json.loads(process.request("/api/v1/pipeline")[2])["feeds"]}
            checks.equal("and the events of the last hour by feed", (feeds[2], feeds[3]), (1, 0))
    checks.end()


if __name__ == "__main__":
    main()
