#!/usr/bin/env python3
"""kill -9 at random instants under load: every acknowledged event is in bronze exactly once, and gold is what a clean rebuild gives."""
import json, pathlib, random, threading, time
from support import LONG, Checks, Process, ask, command, fingerprint, folder

KILLS = 50 if LONG else 5


class Sender(threading.Thread):
    """Sends stay records as fast as they are acknowledged and remembers which were."""

    def __init__(self, process, number, first):
        super().__init__(daemon=True)
        self.process, self.number, self.next, self.running = process, number, first, True
        self.acknowledged, self.attempted = [], []

    def run(self):
        while self.running:
            batch = []
            for _ in range(20):
                self.next += 1
                identity = f"k{self.number}-{self.next}"
                hours = self.next % 60
                batch.append({
                    "event_id": identity, "event_time": f"2026-05-{1 + self.next % 28:02d}T{self.next % 24:02d}:30:00Z", "hospital_id": 1 + self.next % 7,
                    "patient_id": f"P{self.next % 400}", "encounter_id": f"E{self.next // 3}", "gender": "F", "age": self.next % 90, "department": "Surgery",
                    "bed_id": f"B{self.next % 50}", "admission_time": f"2026-05-{1 + (self.next // 3) % 20:02d}T08:00:00Z",
                    "discharge_time": f"2026-06-{1 + hours % 28:02d}T08:00:00Z"})
            self.attempted += [e["event_id"] for e in batch]
            try:
                if self.process.post(*batch, timeout=10) == 201:
                    self.acknowledged += [e["event_id"] for e in batch]
                else:
                    time.sleep(0.05)
            except Exception:  # the process was killed while it answered: not acknowledged
                time.sleep(0.02)


def main():
    checks, chance = Checks(), random.Random(17)
    acknowledged, attempted, count = [], [], 0
    with folder() as home:
        data = pathlib.Path(home) / "data"
        for kill in range(KILLS):
            process = Process(data, "--no-simulator", log=f"{home}/run.log")
            senders = [Sender(process, n, count) for n in range(3)]
            for sender in senders:
                sender.start()
            time.sleep(chance.uniform(0.1, 2.5))
            process.kill()
            for sender in senders:
                sender.running = False
            for sender in senders:
                sender.join(30)
                acknowledged += sender.acknowledged
                attempted += sender.attempted
            count = max(s.next for s in senders) + 1
        with Process(data, "--no-simulator", log=f"{home}/run.log") as process:
            process.wait_committed(120)
            checks.equal("a graceful stop after the kills ends with 0", process.stop()[0], 0)
        print(f"{KILLS} kills, {len(acknowledged)} events acknowledged of {len(attempted)} sent", flush=True)
        checks.check("the senders got through between the kills", len(acknowledged) > 100 * KILLS, f"{len(acknowledged)}")
        stored = {}
        for row in bronze_ids(data):
            stored[row["id"]] = stored.get(row["id"], 0) + row["n"]
        lost = [i for i in acknowledged if i not in stored]
        twice = [i for i, n in stored.items() if n > 1]
        checks.equal("no acknowledged event is lost", lost[:5], [])
        checks.equal("no event is stored twice", twice[:5], [])
        before = fingerprint(data)
        for layer in ["gold", "silver"]:
            command("rebuild", "--data-dir", data, layer)
            checks.equal(f"gold equals a clean rebuild of {layer}", fingerprint(data), before)
        duplicates = ask(data, "select count(*) as n from (select patient_flow_key from gold.fact_patient_flow group by 1 having count(*) > 1)")[0]["n"]
        checks.equal("no visit is counted twice", duplicates, 0)
    checks.end()


def bronze_ids(data):
    """Event ids in bronze, page by page."""
    rows, page = [], 50000
    partitions = [r["hub_partition"] for r in ask(data, "select distinct hub_partition from bronze.event order by 1", True)]
    for partition in partitions:
        start = -1
        while True:
            part = ask(data, f"select hub_offset, json_extract_string(decode(body), '$.event_id') as id from bronze.event "
                             f"where hub_partition = {partition} and hub_offset > {start} order by hub_offset limit {page}", True)
            rows += [{"id": r["id"], "n": 1} for r in part if r["id"] and r["id"].startswith("k")]
            if len(part) < page:
                break
            start = part[-1]["hub_offset"]
    return rows


if __name__ == "__main__":
    main()
