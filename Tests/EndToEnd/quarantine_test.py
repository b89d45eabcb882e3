#!/usr/bin/env python3
"""Quarantine: records judged again by rule, by position and by themselves; a changed zone; each the same as a rebuild of silver."""
import json, pathlib, time
import yaml
from support import FINGERPRINT, Checks, Process, ask, command, fingerprint, folder, ROOT

NETWORK = yaml.safe_load((ROOT / "config/hospitals.yaml").read_text())
# What a rebuild must give again, besides the rows that other suites compare.
TABLES = FINGERPRINT | {
    "silver.quarantine": "hub_partition, hub_offset, enqueued_at, hospital_id, rule",
    "gold.quality_hourly": "rule, hospital_id, hour_at, records",
    "gold.drift": "shape, field, records, first_seen_at, last_seen_at",
    "gold.dim_hospital": "hospital_id, hospital_name, time_zone, presume_discharge",
}


def movement(number, hospital, kind, minute, **more):
    return {"event_id": f"m{hospital}-{number}-{kind}", "type": kind, "hospital_id": hospital, "patient_id": f"P{number}", "encounter_id": f"E{hospital}-{number}",
            "occurred_at": f"2026-05-01T10:{minute:02}:00Z", "recorded_at": f"2026-05-01T10:{minute:02}:30Z", "class": "inpatient",
            "location": {"department": "Cardiology", "bed": f"C{number}"}, **more}


def stay(number, hospital):
    return {"event_id": f"s{hospital}-{number}", "event_time": "2026-05-01T12:00:00Z", "hospital_id": hospital, "patient_id": f"S{number}",
            "gender": "Male", "age": 50, "department": "Cardiology", "bed_id": f"S{number}", "admission_time": "2026-05-01T11:00:00Z", "colour": "blue"}


def network(path, hospitals):
    path.write_text(yaml.safe_dump({"hospitals": hospitals}))


def counts(data):
    return {row["rule"]: row["n"] for row in ask(data, "select rule, count(*) as n from silver.quarantine group by rule", restricted=True)}


def same_as_rebuilt(checks, data, sentence):
    """The store as it is and as `rebuild silver` makes it."""
    before = fingerprint(data, TABLES)
    command("rebuild", "silver", "--data-dir", data, *NETWORK_FLAG)
    after = fingerprint(data, TABLES)
    for table in TABLES:
        checks.equal(f"{sentence}: {table} is what a rebuild of silver gives", before[table], after[table])


NETWORK_FLAG = []


def main():
    checks = Checks()
    with folder() as home:
        home = pathlib.Path(home)
        file = home / "hospitals.yaml"
        network(file, NETWORK["hospitals"][:2])
        NETWORK_FLAG[:] = ["--set", f"network_file={file}"]
        data = home / "data"
        added(checks, data, file)
        same_as_rebuilt(checks, data, "after a hospital was added")
        by_hand(checks, data)
        zone(checks, data, file)
        mended(checks, home / "mended", home)
        wrong_calls(checks, data)
    checks.end()


def added(checks, data, file):
    """A hospital that becomes known takes its records out of quarantine by itself."""
    with Process(data, "--no-simulator", *NETWORK_FLAG) as process:
        process.post(*[e for n in range(20) for e in (movement(n, 3, "admit", n), movement(n, 3, "discharge", n + 20))], *[stay(n, 3) for n in range(5)],
                     stay(90, 1), stay(91, 99), "no JSON", {"hospital_id": 1, "department": "ICU", "admission_time": "2026-05-01T11:00:00Z"})
        process.wait_committed()
        checks.equal("records of hospitals nobody knows wait in quarantine", counts(data), {"unknown_hospital": 46, "malformed_json": 1, "missing_patient": 1})
        network(file, NETWORK["hospitals"][:3])
        deadline = time.time() + 20
        while time.time() < deadline and counts(data).get("unknown_hospital") != 1:
            time.sleep(0.2)
        checks.equal("those of a hospital that was added are judged again", counts(data), {"unknown_hospital": 1, "malformed_json": 1, "missing_patient": 1})
        facts = ask(data, "select count(*) as n, count(discharge_time) as d from gold.fact_patient_flow where hospital_id = 3")[0]
        checks.equal("and are in gold", facts, {"n": 25, "d": 20})
        quality = {r["rule"]: r["n"] for r in ask(data, "select rule, cast(sum(records) as bigint) as n from gold.quality_hourly group by rule")}
        checks.equal("the count of the rule follows", (quality.get("unknown_hospital"), quality.get("duplicate")), (1, None))
        drift = ask(data, "select records from gold.drift where field = 'colour'")
        checks.equal("unknown fields are counted once", [r["records"] for r in drift], [7])
        result = json.loads(command("quarantine", "replay", "--all", "--data-dir", data, "--output", "json", *NETWORK_FLAG).stdout)
        checks.equal("through the running process what is still wrong stays", result, [{"judged": 3, "accepted": 0, "still_quarantined": 3, "gone": 0}])


def by_hand(checks, data):
    """Without a process, by rule and by position; the record is made good behind the store's back, as a changed schema would."""
    rows = json.loads(command("quarantine", "list", "--data-dir", data, "--output", "json", *NETWORK_FLAG).stdout)
    place = next(r for r in rows if r["rule"] == "missing_patient")
    result = json.loads(command("quarantine", "replay", place["hub_partition"], place["hub_offset"], "--data-dir", data, "--output", "json", *NETWORK_FLAG).stdout)
    checks.equal("one record by its position", result[0]["judged"], 1)
    result = json.loads(command("quarantine", "replay", "--rule", "unknown_hospital", "--data-dir", data, "--output", "json", *NETWORK_FLAG).stdout)
    checks.equal("all of a rule", (result[0]["judged"], result[0]["still_quarantined"]), (1, 1))
    checks.equal("nothing was lost or doubled by it", counts(data), {"unknown_hospital": 1, "malformed_json": 1, "missing_patient": 1})


def mended(checks, data, home):
    """A field that the sender calls by another name: once the schema knows it, the record is used at its old place."""
    schemas = home / "schemas"
    schemas.mkdir()
    for file in (ROOT / "config/schemas").iterdir():
        text = file.read_text()
        (schemas / file.name).write_text(text.replace("name: patient_id,", "name: pid,") if file.name == "stay.yml" else text)
    odd = stay(7, 1)
    odd["pid"] = odd.pop("patient_id")
    with Process(data, "--no-simulator", *NETWORK_FLAG) as process:
        process.post(odd)
        process.wait_committed()
        checks.equal("a record without the declared field is in quarantine", counts(data), {"missing_patient": 1})
        place = ask(data, "select hub_partition, hub_offset, enqueued_at from silver.quarantine", restricted=True)[0]
    flags = [*NETWORK_FLAG, "--set", f"schemas_dir={schemas}"]
    result = json.loads(command("quarantine", "replay", place["hub_partition"], place["hub_offset"], "--data-dir", data, "--output", "json", *flags).stdout)
    checks.equal("by its position it is judged again and used", result, [{"judged": 1, "accepted": 1, "still_quarantined": 0, "gone": 0}])
    checks.equal("at its old place and time", ask(data, "select hub_partition, hub_offset, enqueued_at from silver.stay_record"), [place])
    checks.equal("and is in gold", ask(data, "select count(*) as n from gold.fact_patient_flow")[0]["n"], 1)
    # Unknown fields are counted under the schema with which a record came, until a rebuild counts anew.
    tables = {table: columns for table, columns in TABLES.items() if table != "gold.drift"}
    before = fingerprint(data, tables)
    command("rebuild", "silver", "--data-dir", data, *flags)
    checks.equal("as a rebuild of silver has it", before, fingerprint(data, tables))


def zone(checks, data, file):
    """A hospital's zone changes: at a start, and while it runs."""
    hospitals = json.loads(json.dumps(NETWORK["hospitals"][:3]))
    hospitals[2]["time_zone"] = "Asia/Kolkata"
    network(file, hospitals)
    with Process(data, "--no-simulator", *NETWORK_FLAG) as process:
        process.wait_committed()
        checks.equal("hours of a zone that was changed before the start", missing_hours(data), 0)
        hospitals[0]["time_zone"] = "America/New_York"
        network(file, hospitals)
        deadline = time.time() + 20
        zones = []
        while time.time() < deadline and "America/New_York" not in zones:
            time.sleep(0.2)
            zones = [r["time_zone"] for r in ask(data, "select distinct time_zone from gold.dim_time")]
        checks.check("a zone that changes while it runs has its hours", "America/New_York" in zones, zones)
        checks.equal("and every visit finds its hour", missing_hours(data), 0)
    same_as_rebuilt(checks, data, "after zones were changed")


def missing_hours(data):
    return ask(data, "select count(*) as n from gold.fact_patient_flow as f anti join gold.dim_time as t using (time_key)")[0]["n"]


def wrong_calls(checks, data):
    nothing = command("quarantine", "replay", "--data-dir", data, check=False)
    checks.equal("a replay of nothing in particular is a usage error", nothing.returncode, 64)
    typo = command("quarantine", "replay", "--rule", "unknown_hopsital", "--data-dir", data, check=False)
    checks.check("an unknown rule is a usage error that lists the rules", typo.returncode == 64 and "unknown_hospital" in typo.stderr, typo.stderr)


if __name__ == "__main__":
    main()
