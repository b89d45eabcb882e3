"""The store's engine has too little memory for the batches that wait: the store is opened anew, they become smaller, nothing is lost or mixed up."""
import json
import pathlib
import sys
import time

from support import Checks, Process, command, fingerprint, folder, ask

EVENTS = 60_000


def stay(number):
    return {"event_id": f"memory-{number}", "patient_id": f"MRN{number % 20_000}", "hospital_id": 1 + number % 7, "department": "ICU", "gender": "female",
            "age": 40, "admission_time": "2026-11-01T08:00:00Z", "discharge_time": "2026-11-02T08:00:00Z", "bed_id": number % 500}


def main():
    checks = Checks()
    with folder() as home:
        data = pathlib.Path(home) / "data"
        # without the bulk path, so that one batch takes 4 MB of each partition
        with Process(data, "--no-simulator", "--set", "lakehouse.memory_limit=48MB", "--set", "lakehouse.bulk_memory_limit=48MB", "--set", "lakehouse.bulk_records=1000000000") as process:
            checks.equal("a first event is taken", process.post(stay(0)), 201)
            process.wait_committed(20)
            refused = 0
            for start in range(1, EVENTS, 1000):
                batch = [{"Body": json.dumps(stay(number))} for number in range(start, min(start + 1000, EVENTS))]
                while True:
                    try:
                        status = process.request("/patient-flow/messages", json.dumps(batch).encode(),
                                                 {"Content-Type": "application/vnd.microsoft.servicebus.json"})[0]
                    except OSError:  # it is opening anew
                        status = 0
                    if status == 201:
                        break
                    refused += 1
                    time.sleep(0.5)
            rows, moved = 0, time.time()
            while rows < EVENTS and time.time() - moved < 60:
                time.sleep(2)
                before = rows
                try:
                    rows = int(ask(data, "select count(distinct encounter_id) as n from gold.fact_patient_flow")[0]["n"])
                except Exception:  # it is opening anew
                    pass
                if rows > before:
                    moved = time.time()
            log = process.log_text()
            checks.equal("all events are in gold", rows, EVENTS)
            checks.check("the store was opened anew, and not again and again", 1 <= log.count("opened anew") <= 20, log.count("opened anew"))
            checks.check("no identifier is in the log", "MRN" not in log)
            # 0, or 1 if the last fold found no memory either; the log is then replayed by the next process.
            checks.check("the process stops", process.stop()[0] in (0, 1))
        counts = ask(data, "select count(*) as n, count(distinct (hub_partition, hub_offset)) as places from bronze.event where contains(decode(body), 'memory-')", True)[0]
        checks.equal("bronze holds each event at least once and each record once", (int(counts["n"]) >= EVENTS, counts["n"] == counts["places"]), (True, True))
        whole = ask(data, "select count(*) as n, count(distinct journey_key) as journeys, count(distinct patient_key_hash) as patients from silver.movement", True)[0]
        checks.equal("every event's own movements are there", [int(whole[k]) for k in ("n", "journeys", "patients")], [2 * EVENTS, EVENTS, EVENTS])
        before = fingerprint(data)
        command("rebuild", "--data-dir", data, "gold")
        checks.equal("gold equals a rebuild", fingerprint(data), before)
    too_little_for_a_backlog(checks)
    checks.end()


def too_little_for_a_backlog(checks):
    """A file's records are put aside with little memory; restated, they find none until less is taken at a time."""
    with folder() as home:
        home = pathlib.Path(home)
        (home / "stays").write_text("".join(json.dumps(stay(number)) + "\n" for number in range(EVENTS * 2)))
        data = home / "data"
        done = command("ingest", "--data-dir", data, "--set", "lakehouse.memory_limit=56MB", "--set", "lakehouse.bulk_memory_limit=56MB", home / "stays")
        checks.check("ingest found no memory, opened the store anew and went on", "opened anew" in done.stderr, done.stderr[-300:])
        counts = ask(data, "select count(distinct encounter_id) as n, count(*) as facts from gold.fact_patient_flow")[0]
        checks.equal("every event of the file is one fact", [int(counts["n"]), int(counts["facts"])], [EVENTS * 2, EVENTS * 2])
        before = fingerprint(data)
        command("rebuild", "--data-dir", data, "gold")
        checks.equal("and gold equals a rebuild", fingerprint(data), before)


if __name__ == "__main__":
    main()
