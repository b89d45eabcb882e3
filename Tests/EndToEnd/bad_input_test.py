#!/usr/bin/env python3
"""Bad input on every way in: HTTP, and files plain and packed, with and without a running process. Each rule of models/quality.yml finds what
it is for, and lines in = rows of bronze, whatever the bytes are: never a crash, never a silent drop."""
import collections, gzip, hashlib, json, pathlib, random, re
from support import LONG, ROOT, Checks, Process, ask, command, fingerprint, folder

PRESUMING = 8  # a hospital more than the network file has, whose feed never confirms discharges
MEBIBYTE = 1_048_576
CHANCE = random.Random(3)


def stay(patient, **fields):
    """A stay record without fault, of a patient of its own in a bed of its own."""
    record = {"event_id": f"stay-{patient}", "event_time": "2026-05-01T10:00:00Z", "hospital_id": 1, "patient_id": patient, "encounter_id": f"v-{patient}",
              "gender": "Female", "age": 40, "department": "Surgery", "bed_id": f"bed-{patient}", "admission_time": "2026-05-01T09:00:00Z",
              "discharge_time": "2026-05-02T09:00:00Z"}
    record.update(fields)
    return encode({k: v for k, v in record.items() if v is not None})


def movement(patient, kind, at="10:00", **fields):
    record = {"event_id": f"{kind}-{patient}-{at}", "type": kind, "occurred_at": f"2026-05-01T{at}:00Z", "recorded_at": f"2026-05-01T{at}:30Z", "hospital_id": 1,
              "patient_id": patient, "encounter_id": f"v-{patient}", "class": "inpatient", "location": {"department": "Surgery", "bed": f"bed-{patient}"}}
    record.update(fields)
    return encode({k: v for k, v in record.items() if v is not None})


def encode(record):
    return json.dumps(record).encode()


# Lines by the rule that they are for, and how many findings of it they make. They are found by no other rule.
RULES = {
    "invalid_utf8": ([b'{"patient_id":"caf\xe9","hospital_id":1}'], 1),
    "malformed_json": ([b'{"patient_id":"p","hospital_id":1'], 1),
    "too_large": ([b'{"patient_id":"' + b"x" * MEBIBYTE + b'"}'], 1),
    "unknown_type": ([movement("r-type", "teleport")], 1),
    "missing_patient": ([stay("r-patient", patient_id=None)], 1),
    "missing_hospital": ([stay("r-hospital", hospital_id=None)], 1),
    "unknown_hospital": ([stay("r-unknown", hospital_id=99)], 1),
    "missing_encounter": ([movement("r-encounter", "admit", encounter_id=None)], 1),
    "unknown_department": ([stay("r-department", department="Ward of nobody")], 1),
    "admission_missing": ([stay("r-adm-missing", admission_time=None)], 1),
    "admission_unparsable": ([stay("r-adm-form", admission_time="yesterday at nine")], 1),
    "admission_in_future": ([stay("r-adm-future", admission_time="2026-05-01T12:00:00Z")], 1),
    "occurred_missing": ([movement("r-occ-missing", "admit", occurred_at=None)], 1),
    "occurred_unparsable": ([movement("r-occ-form", "admit", occurred_at="01/05/2026 10:00")], 1),
    "occurred_in_future": ([movement("r-occ-future", "admit", occurred_at="2026-05-01T12:00:00Z")], 1),
    "discharge_unparsable": ([stay("r-dis-form", discharge_time="soon")], 1),
    "discharge_before_admission": ([stay("r-dis-before", discharge_time="2026-04-30T09:00:00Z")], 1),
    "age_out_of_range": ([stay("r-age-range", age=150)], 1),
    "age_unparsable": ([stay("r-age-form", age="grown up")], 1),
    "event_time_unparsable": ([stay("r-event-time", event_time="noon")], 1),
    "recorded_unparsable": ([movement("r-recorded", "admit", recorded_at="later")], 1),
    "duplicate": ([stay("r-twice"), stay("r-twice")], 1),
    "id_reused": ([stay("r-reused", event_id="one-id", age=41), stay("r-reused", event_id="one-id", age=42)], 2),
    "admission_corrected": ([stay("r-corrected", event_id="c1", encounter_id=None),
                             stay("r-corrected", event_id="c2", encounter_id=None, admission_time="2026-05-01T08:00:00Z")], 1),
    "stay_too_long": ([stay("r-long", event_time="2026-05-01T10:00:00Z", admission_time="2026-01-01T09:00:00Z", discharge_time="2026-05-01T09:00:00Z")], 1),
    "bed_conflict": ([stay("r-bed-1", bed_id="shared"), stay("r-bed-2", bed_id="shared")], 2),
    "presumed_discharge": ([stay("r-presumed", hospital_id=PRESUMING)], 1),
    "inferred_admission": ([movement("r-inferred", "transfer")], 1),
    "discharge_without_admission": ([movement("r-alone", "discharge")], 1),
    "movement_after_discharge": ([movement("r-after", "admit", "10:00"), movement("r-after", "discharge", "11:00"), movement("r-after", "transfer", "12:00")], 1),
    "unmatched_cancellation": ([movement("r-cancel", "admit", "10:00"), movement("r-cancel", "cancel_discharge", "11:00")], 1),
    "repeated_cancellation": ([movement("r-again", "admit", "09:00"), movement("r-again", "transfer", "10:00"), movement("r-again", "transfer", "11:00"),
                               movement("r-again", "cancel_transfer", "11:00"), movement("r-again", "cancel_transfer", "11:00", event_id="sent-again")], 1),
}


def noise():
    """Lines that are no event of anybody: what must come out is only that they are all there."""
    deep = 5000
    lines = [
        b'{"patient_id":"deep","hospital_id":1,"x":' + b"[" * deep + b"]" * deep + b"}", b"[" * deep, b'{"a":' * deep + b"1" + b"}" * deep,
        b"\x00", b"\x00" * 100, b'{"patient_id":"nul\x00","hospital_id":1}', b'{"patient_id":"nul\\u0000","hospital_id":1,"admission_time":"2026-05-01T09:00:00Z"}',
        b'{"patient_id":"half\\ud800","hospital_id":1,"admission_time":"2026-05-01T09:00:00Z"}', b"   ", b"\t", b"null", b"true", b"0", b'""', b"[]", b"{}",
        b"{}{}", b'{"hospital_id":1,"hospital_id":2,"patient_id":"two"}', b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80",
        stay("big-age", age=10**30), stay("huge-age", age=1).replace(b'"age": 1', b'"age": 1e400'), stay("tiny-age", age=1).replace(b'"age": 1', b'"age": -1e-400'),
        stay("nan-age", age=1).replace(b'"age": 1', b'"age": NaN'), stay("big-hospital", hospital_id=2**63), stay("minus-hospital", hospital_id=-2**31),
        stay("fraction", hospital_id=1.5), stay("wait", wait_time_minutes=1).replace(b'"wait_time_minutes": 1', b'"wait_time_minutes": 1e999'),
        stay("early", admission_time="0000-00-00T00:00:00Z"), stay("late", event_time="9999-12-31T23:59:59Z", admission_time="9999-12-31T23:59:59Z"),
        stay("far", discharge_time="999999-01-01T00:00:00Z"), stay("leap", admission_time="2026-02-30T00:00:00Z"), stay("offset", admission_time="2026-05-01T09:00:00+99:99"),
        stay("list", age=[1]), stay("object", patient_id={"a": 1}), stay("department", department="x" * 100_000), stay("\U0001F3E5" * 50, encounter_id="\u202e\u0000"),
        b"{" + b'"k":1,' * 20_000 + b'"patient_id":"wide","hospital_id":1}', b"\x00" * MEBIBYTE, b'"' * MEBIBYTE, b"x" * MEBIBYTE,
    ]
    for _ in range(2000 if LONG else 200):
        line = bytes(CHANCE.randrange(256) for _ in range(CHANCE.randrange(1, 300))).replace(b"\n", b"").rstrip(b"\r")
        if line:
            lines.append(line)
    return lines


def files(home):
    """Files by name: (content, lines that must become rows)."""
    plain = [stay(f"f-{i}", note="Zoë") for i in range(20)]
    text = "\n".join(json.dumps({"patient_id": f"f-{i}", "hospital_id": 1, "note": "Zoë"}, ensure_ascii=False) for i in range(20)) + "\n"
    long = b'{"patient_id":"' + b"y" * (5 * MEBIBYTE) + b'"}'
    contents = {
        "utf-16": text.encode("utf-16"), "utf-16-be": text.encode("utf-16-be"), "latin-1": text.encode("latin-1"), "bom": text.encode("utf-8-sig"),
        "crlf": text.encode().replace(b"\n", b"\r\n"), "no-line-end": text.encode().rstrip(b"\n"), "empty": b"", "only-line-ends": b"\n\r\n\n\n",
        "empty-lines": text.encode().replace(b"\n", b"\n\n\r\n"), "long": plain[0] + b"\n" + long + b"\r\n" + plain[1] + b"\n" + long,
        "exactly": b"z" * MEBIBYTE + b"\n" + b"z" * MEBIBYTE + b"\r\n" + b"z" * (MEBIBYTE + 1) + b"\n", "noise": b"\n".join(noise()) + b"\n",
    }
    found = {}
    for name, content in contents.items():
        (home / name).write_bytes(content)
        (home / f"{name}.gz").write_bytes(gzip.compress(content))
        found[name] = [line.removesuffix(b"\r") for line in content.split(b"\n") if line.removesuffix(b"\r")]
    return found


def counts(data):
    rows = ask(data, "select rule, cast(sum(records) as bigint) as n from gold.quality_hourly group by rule")
    found = {row["rule"]: row["n"] for row in rows}
    # found by a view, so that it needs no restating of the bed's other patients
    conflicts = ask(data, "select count(*) as n from gold.fact_bed_stay where is_conflict")[0]["n"]
    if conflicts:
        found["bed_conflict"] = conflicts
    return found


def rows(data):
    """Rows of bronze but those the network file made."""
    return ask(data, "select count(*) as n from bronze.event where not coalesce(contains(try(decode(body)), 'department_changed'), false)", True)[0]["n"]


def every_rule(checks, home):
    declared = set(re.findall(r"\{id: (\w+)", (ROOT / "models/quality.yml").read_text()))
    checks.equal("there are lines for every rule", declared, set(RULES))
    lines = [line for examples, _ in RULES.values() for line in examples]
    wanted = {rule: number for rule, (_, number) in RULES.items()}
    (home / "rules").write_bytes(b"\n".join(lines) + b"\n")
    (home / "rules.gz").write_bytes(gzip.compress(b"\n".join(lines) + b"\n"))
    network = home / "hospitals.yaml"
    network.write_text((ROOT / "config/hospitals.yaml").read_text() + f"  - id: {PRESUMING}\n    name: Presuming\n    time_zone: Europe/London\n"
                       "    presume_discharge: true\n    departments:\n      - {name: Surgery, specialty: Surgery, staffed_beds: 9, closed_beds: 0, staff: 9}\n")
    options = ["--set", f"network_file={network}"]
    for name in ["rules", "rules.gz"]:
        data = home / f"{name}-alone"
        command("ingest", "--data-dir", data, *options, home / name)
        checks.equal(f"{name}, no process running: every rule finds what is for it", counts(data), wanted)
        checks.equal(f"{name}, no process running: every line is a row", rows(data), len(lines))
        data = home / f"{name}-running"
        with Process(data, "--no-simulator", *options) as process:
            command("ingest", "--data-dir", data, *options, home / name)
            process.wait_committed()
            checks.equal(f"{name}, a process running: every rule finds what is for it", counts(data), wanted)
            checks.equal(f"{name}, a process running: every line is a row", rows(data), len(lines))
    data = home / "rules-http"
    with Process(data, "--no-simulator", *options) as process:
        answers = collections.Counter(process.request("/patient-flow/messages", line)[0] for line in lines)
        checks.equal("HTTP: all are acknowledged but the one that is too large", answers, {201: len(lines) - 1, 413: 1})
        process.wait_committed()
        checks.equal("HTTP: every rule finds what is for it", counts(data), {k: v for k, v in wanted.items() if k != "too_large"})
        quarantined = {r["rule"] for r in ask(data, "select rule from silver.quarantine", True)}
        severe = set(re.findall(r"\{id: (\w+), severity: quarantine", (ROOT / "models/quality.yml").read_text()))
        checks.equal("HTTP: quarantine holds the records of the rules of that severity", quarantined, severe - {"too_large"})
        checks.equal("HTTP: the process is well", process.request("/readyz")[0], 200)


def every_byte(checks, home):
    found = files(home)
    for running in [False, True]:
        for ending in ["", ".gz"]:
            way = f"{'with' if running else 'without'} a process, {'packed' if ending else 'plain'}"
            data = home / f"bytes-{running}{ending}"
            process = Process(data, "--no-simulator") if running else None
            lines = sum(len(found[name]) for name in found)
            command("ingest", "--data-dir", data, *[home / f"{name}{ending}" for name in found])
            if process:
                process.wait_committed()
                checks.equal(f"{way}: the process is well", process.request("/readyz")[0], 200)
            checks.equal(f"{way}: lines in = rows of bronze", rows(data), lines)
            accounted(checks, way, data)
            rejections(checks, way, data, found, ending)
            if process:
                checks.equal(f"{way}: it stops gracefully", process.stop()[0], 0)
            before = fingerprint(data)
            command("rebuild", "--data-dir", data, "silver")
            checks.equal(f"{way}: a rebuild judges the same", fingerprint(data), before)
    data = home / "bytes-http"
    with Process(data, "--no-simulator") as process:
        lines = [line for name in ["noise", "utf-16", "latin-1"] for line in found[name]]
        answers = collections.Counter(process.request("/patient-flow/messages", line)[0] for line in lines)
        checks.equal("HTTP: every noise is acknowledged", answers, {201: len(lines)})
        process.wait_committed()
        checks.equal("HTTP: and is a row of bronze", rows(data), len(lines))
        accounted(checks, "HTTP", data)
        bodies = {r["h"] for r in ask(data, "select md5(body) as h from bronze.event", True)}
        checks.equal("HTTP: with the bytes that were sent", [line[:40] for line in lines if hashlib.md5(line).hexdigest() not in bodies][:3], [])


def accounted(checks, way, data):
    """Every position of bronze is a record of silver or in quarantine."""
    places = " union all ".join(f"select hub_partition, hub_offset from silver.{t}" for t in ["stay_record", "movement_record", "department_change", "quarantine"])
    missing = ask(data, f"select count(*) as n from (select hub_partition, hub_offset from bronze.event except ({places}))", True)[0]["n"]
    repeated = counts(data).get("duplicate", 0)
    checks.check(f"{way}: every row is a record, a counted duplicate or in quarantine", missing <= repeated, f"{missing} unaccounted, {repeated} duplicates")


def rejections(checks, way, data, found, ending):
    """A line that is too long is there as a note of where it was, how long and its hash."""
    notes = [json.loads(r["t"]) for r in ask(
        data, "select try(decode(body)) as t from bronze.event where contains(try(decode(body)), '\"reason\":\"too_large\"')", True)]
    wanted = []
    for name in ["long", "exactly"]:
        for number, line in enumerate(found[name], 1):
            if len(line) > MEBIBYTE:
                wanted.append((f"{name}{ending}", number))
    checks.equal(f"{way}: rejections name file and line", sorted((n["file"], n["line"]) for n in notes), sorted(wanted))
    last = found["long"][-1]
    told = [n for n in notes if n["file"] == f"long{ending}" and n["line"] == 4]
    checks.equal(f"{way}: and length and hash", [(n["length"], n["sha256"]) for n in told], [(len(last), hashlib.sha256(last).hexdigest())])


def torn_files(checks, home):
    lines = [stay(f"t-{i}") for i in range(5000)]
    packed = gzip.compress(b"\n".join(lines) + b"\n")
    (home / "torn.gz").write_bytes(packed[:len(packed) * 2 // 3])
    (home / "spoilt.gz").write_bytes(packed[:len(packed) // 2] + b"\xff" * 64 + packed[len(packed) // 2 + 64:])
    (home / "two.gz").write_bytes(gzip.compress(lines[0] + b"\n") + gzip.compress(lines[1] + b"\n"))
    (home / "good").write_bytes(b"\n".join(stay(f"g-{i}") for i in range(7)) + b"\n")
    for running in [False, True]:
        data = home / f"torn-{running}"
        process = Process(data, "--no-simulator") if running else None
        way = f"{'with' if running else 'without'} a process"
        result = command("ingest", "--data-dir", data, home / "torn.gz", home / "missing", home / "spoilt.gz", home, home / "good", check=False)
        checks.equal(f"{way}: files that can't be read to the end make the command fail", result.returncode, 1)
        told = [int(n) for n in re.findall(r"the (\d+) whole lines before that were taken", result.stderr)]
        checks.check(f"{way}: it says what is wrong and what was taken", "ends in the middle" in result.stderr and "No such file" in result.stderr
                     and "is not a file" in result.stderr and len(told) == 2 and max(told) > 100, result.stderr[-600:])
        if process:
            process.wait_committed()
        checks.equal(f"{way}: that many lines are rows, and the file after them", rows(data), sum(told) + 7)
        command("ingest", "--data-dir", data, home / "two.gz")
        if process:
            process.wait_committed()
            process.stop()
        checks.equal(f"{way}: a file of two packed parts is read to its end", rows(data), sum(told) + 9)


def main():
    checks = Checks()
    with folder() as home:
        home = pathlib.Path(home)
        every_rule(checks, home)
        every_byte(checks, home)
        torn_files(checks, home)
    checks.end()


if __name__ == "__main__":
    main()
