#!/usr/bin/env python3
"""Bronze keeps raw events as long as it is told, and gold keeps what it made of them."""
import pathlib, time
from support import Checks, Process, ask, folder

STAY = {"hospital_id": 1, "department": "Cardiology", "gender": "Female", "age": 44, "admission_time": "2026-05-01T09:00:00Z",
        "event_time": "2026-05-01T10:00:00Z"}


def stay(number):
    return dict(STAY, event_id=f"e{number}", patient_id=f"P{number}", encounter_id=f"V{number}", bed_id=f"B{number}")


def raw(data):
    return ask(data, "select count(*) as n from bronze.event", True)[0]["n"]


def main():
    checks = Checks()
    with folder() as home:
        data = pathlib.Path(home) / "data"
        with Process(data, "--no-simulator") as process:
            process.post(*[stay(n) for n in range(10)])
            process.wait_committed()
            checks.check("bronze holds the events as they came", raw(data) > 10, raw(data))
        facts = ask(data, "select encounter_id, admission_time, bed_id from gold.fact_patient_flow order by bed_id")
        time.sleep(3)
        with Process(data, "--no-simulator", "--set", "bronze.retention=2s") as process:
            deadline = time.time() + 20
            while time.time() < deadline and raw(data) > 0:
                time.sleep(0.2)
            checks.equal("what is older than bronze.retention goes soon after the start", raw(data), 0)
            process.post(stay(10))
            process.wait_committed()
            checks.equal("what is new comes in as ever", ask(data, "select count(*) as n from gold.fact_patient_flow")[0]["n"], 11)
        kept = ask(data, "select encounter_id, admission_time, bed_id from gold.fact_patient_flow where bed_id <> 'B10' order by bed_id")
        checks.equal("and gold keeps what it made of them", kept, facts)
    checks.end()


if __name__ == "__main__":
    main()
