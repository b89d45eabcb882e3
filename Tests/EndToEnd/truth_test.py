#!/usr/bin/env python3
"""The pipeline finds exactly what the simulator knows to be true, in any order of arrival, and a rebuild changes nothing."""
import collections, datetime, json, pathlib, random, shutil
from support import LONG, Checks, ask, command, fingerprint, folder

EPOCH = datetime.datetime(1970, 1, 1)
DAYS = 6 if LONG else 2


def micros(text):
    return None if text is None else int((datetime.datetime.fromisoformat(text.rstrip("Z")) - EPOCH) / datetime.timedelta(microseconds=1))


def visits_of(truth):
    return collections.Counter(
        (v["hospital"], v["department"], v.get("arrival"), v.get("admission"), v.get("discharge"), v.get("expected_discharge"), v.get("bed"),
         v.get("disposition"), v["is_first"], v["is_last"]) for v in truth["visits"])


def facts_of(data, where=""):
    rows = ask(data, "select hospital_id, department, arrival_time, admission_time, discharge_time, expected_discharge_time, bed_id, discharge_disposition, "
                     f"is_first_visit, is_last_visit from gold.fact_patient_flow {where}")
    return collections.Counter(
        (r["hospital_id"], r["department"], micros(r["arrival_time"]), micros(r["admission_time"]), micros(r["discharge_time"]),
         micros(r["expected_discharge_time"]), r["bed_id"], r["discharge_disposition"], r["is_first_visit"], r["is_last_visit"]) for r in rows)


def ingest(data, lines, path, pieces=1):
    """Takes the lines in, in as many runs of the command."""
    size = -(-len(lines) // pieces)
    for start in range(0, len(lines), size):
        path.write_bytes(b"\n".join(lines[start:start + size]) + b"\n")
        command("ingest", "--data-dir", data, path)


def main():
    checks = Checks()
    with folder() as home:
        home = pathlib.Path(home)
        for shape in ["mixed", "stay", "movement"]:
            events, truth_file = home / f"{shape}.ndjson", home / f"{shape}.truth"
            command("simulate", "--seed", 11, "--start", "2026-03-27T00:00:00Z", "--history", f"{DAYS}d", "--shape", shape, "--dirt", "realistic",
                    "--to", events, "--truth", truth_file)
            truth = json.loads(truth_file.read_text())
            lines = events.read_bytes().rstrip(b"\n").split(b"\n")
            print(f"{shape}: {len(lines)} events, {len(truth['visits'])} visits", flush=True)
            first = home / f"{shape}-in-order"
            ingest(first, lines, home / "piece.ndjson")
            wanted, found = visits_of(truth), facts_of(first)
            checks.check(f"{shape}: gold holds every visit of the truth and no other", wanted == found,
                         f"missing {list((wanted - found))[:2]} extra {list((found - wanted))[:2]}")
            rules = collections.Counter()
            for rule in truth["rules"]:
                rules[rule["rule"]] += rule["records"]
            counted = {r["rule"]: r["records"] for r in ask(first, "select rule, cast(sum(records) as bigint) as records from gold.quality_hourly group by rule")}
            for rule in RECORD_RULES:
                checks.equal(f"{shape}: the rule {rule} found what is wrong", counted.get(rule, 0), rules.get(rule, 0))
            drift = {(d["shape"], d["field"]): d["records"] for d in truth["drift"]}
            checks.equal(f"{shape}: unknown fields are counted by name", {(d["shape"], d["field"]): d["records"] for d in ask(first, "select * from gold.drift")}, drift)
            broken = ask(first, "select count(*) as n from gold.patient_flow_conservation where difference <> 0")
            checks.equal(f"{shape}: census before plus in less out is census after, in every department and hour", broken[0]["n"], 0)
            before = fingerprint(first)
            shuffled = lines * 2
            random.Random(5).shuffle(shuffled)
            second = home / f"{shape}-shuffled"
            # the same key, so that pseudonyms can be compared
            shutil.copytree(first / "keys", second / "keys")
            ingest(second, shuffled, home / "piece.ndjson", pieces=3)
            after = fingerprint(second)
            for table in ["gold.fact_patient_flow", "gold.bed_stay", "gold.dim_patient", "gold.fact_flow_hourly", "gold.dim_department"]:
                checks.equal(f"{shape}: shuffled and sent twice, {table} is the same", after[table], before[table])
            for layer in ["gold", "silver"]:
                command("rebuild", "--data-dir", first, layer)
                checks.equal(f"{shape}: rebuild {layer} gives identical rows", fingerprint(first), before)
    checks.end()


# Rules of single records; those of sets are counted by visit in gold and by record in the truth.
RECORD_RULES = [
    "invalid_utf8", "malformed_json", "unknown_type", "missing_patient", "missing_hospital", "unknown_hospital", "missing_encounter", "admission_missing",
    "admission_unparsable", "admission_in_future", "occurred_missing", "occurred_unparsable", "occurred_in_future", "discharge_unparsable",
    "discharge_before_admission", "age_out_of_range", "age_unparsable", "event_time_unparsable", "recorded_unparsable", "duplicate", "unmatched_cancellation",
    "repeated_cancellation", "movement_after_discharge",
]

if __name__ == "__main__":
    main()
