#!/usr/bin/env python3
"""kill -9 at random instants under load: every acknowledged event is in bronze exactly once, and gold is what a clean rebuild gives
and what the simulator knows to be true."""
import json, pathlib, random, threading, time
from support import LONG, ROOT, Checks, Process, ask, command, fingerprint, folder
from truth_test import facts_of, visits_of

KILLS = 50 if LONG else 5
OWN_HOSPITAL = 8  # of the events that are sent once whether acknowledged or not; the simulated hospitals are 1 to 7


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
                identity = f"kill-{self.number}-{self.next}"
                hours = self.next % 60
                batch.append({
                    "event_id": identity, "event_time": f"2026-05-{1 + self.next % 28:02d}T{self.next % 24:02d}:30:00Z", "hospital_id": OWN_HOSPITAL,
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


class Feed(threading.Thread):
    """Sends a share of the simulator's events as a careful sender does: each batch again until it is acknowledged."""

    def __init__(self, process, lines):
        super().__init__(daemon=True)
        self.process, self.lines, self.done, self.running = process, lines, 0, True

    def run(self):
        while self.running and self.done < len(self.lines):
            batch = self.lines[self.done:self.done + 25]
            try:
                if self.process.post(*batch, timeout=10) == 201:
                    self.done += len(batch)
                else:
                    time.sleep(0.05)
            except Exception:  # killed: whether the batch was kept is not known, so it is sent again
                time.sleep(0.02)


def network_with_own_hospital(path):
    """The network file with one hospital more, for the events that the simulator knows nothing of."""
    text = (ROOT / "config/hospitals.yaml").read_text()
    text += (f"  - id: {OWN_HOSPITAL}\n    name: Kill Test\n    time_zone: Europe/London\n    departments:\n"
             "      - {name: Surgery, specialty: Surgery, staffed_beds: 50, closed_beds: 0, staff: 10}\n")
    path.write_text(text)
    return path


def main():
    checks, chance = Checks(), random.Random(17)
    acknowledged, attempted, count, sent = [], [], 0, 0
    with folder() as home:
        home = pathlib.Path(home)
        data = home / "data"
        options = ["--no-simulator", "--set", f"network_file={network_with_own_hospital(home / 'hospitals.yaml')}"]
        command("simulate", "--seed", 23, "--start", "2026-03-27T00:00:00Z", "--history", "2d", "--shape", "mixed", "--dirt", "realistic",
                "--to", home / "events", "--truth", home / "truth")
        truth = json.loads((home / "truth").read_text())
        # what is no text can't stand in a batch; those bytes go by themselves at the end
        lines, raw = [], []
        for line in (home / "events").read_bytes().rstrip(b"\n").split(b"\n"):
            try:
                lines.append(line.decode())
            except UnicodeDecodeError:
                raw.append(line)
        share = -(-len(lines) // KILLS)
        for kill in range(KILLS):
            process = Process(data, *options, log=f"{home}/run.log")
            feed = Feed(process, lines[sent:min(len(lines), share * (kill + 1))])
            senders = [Sender(process, n, count) for n in range(2)]
            for thread in [feed, *senders]:
                thread.start()
            time.sleep(chance.uniform(0.1, 2.5))
            process.kill()
            for thread in [feed, *senders]:
                thread.running = False
            feed.join(30)
            sent += feed.done
            for sender in senders:
                sender.join(30)
                acknowledged += sender.acknowledged
                attempted += sender.attempted
            count = max(s.next for s in senders) + 1
        with Process(data, *options, log=f"{home}/run.log") as process:
            feed = Feed(process, lines[sent:])
            feed.start()
            feed.join(120)
            checks.equal("the simulator's events all got through in the end", sent + feed.done, len(lines))
            for line in raw:
                process.request("/patient-flow/messages", line)
            process.wait_committed(120)
            checks.equal("a graceful stop after the kills ends with 0", process.stop()[0], 0)
        print(f"{KILLS} kills, {len(acknowledged)} events acknowledged of {len(attempted)} sent once, {len(lines)} of the simulator", flush=True)
        checks.check("the senders got through between the kills", len(acknowledged) > 100 * KILLS, f"{len(acknowledged)}")
        stored = {}
        for row in bronze_ids(data):
            stored[row["id"]] = stored.get(row["id"], 0) + row["n"]
        lost = [i for i in acknowledged if i not in stored]
        twice = [i for i, n in stored.items() if n > 1]
        checks.equal("no acknowledged event is lost", lost[:5], [])
        checks.equal("no event is stored twice", twice[:5], [])
        wanted, found = visits_of(truth), facts_of(data, f"where hospital_id <> {OWN_HOSPITAL}")
        checks.check("gold holds every visit of the simulator's truth and no other", wanted == found,
                     f"missing {list((wanted - found))[:2]} extra {list((found - wanted))[:2]}")
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
            part = ask(data, f"select hub_offset, try(json_extract_string(try(decode(body)), '$.event_id')) as id from bronze.event "
                             f"where hub_partition = {partition} and hub_offset > {start} order by hub_offset limit {page}", True)
            rows += [{"id": r["id"], "n": 1} for r in part if r["id"] and r["id"].startswith("kill-")]
            if len(part) < page:
                break
            start = part[-1]["hub_offset"]
    return rows


if __name__ == "__main__":
    main()
