#!/usr/bin/env python3
"""The hub's log and the network file under the running binary: damage in the middle and an explicit skip, a torn end, the network file edited
while it runs; with LONG=1 also retention of segments, which takes minutes."""
import datetime, json, pathlib, re, shutil, time
from support import LONG, ROOT, Checks, Process, ask, command, fingerprint, folder

# a few days ago, because views by the hour show the last weeks
DAY = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=4)).strftime("%Y-%m-%d")
NEXT = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=3)).strftime("%Y-%m-%d")


def stays(count, start=0, **fields):
    return [dict({"event_id": f"hub-{n}", "event_time": f"{DAY}T10:00:00Z", "hospital_id": 1 + n % 7, "patient_id": f"P{n}", "encounter_id": f"E{n}",
                  "gender": "Female", "age": n % 90, "department": "ICU", "bed_id": f"B{n}", "admission_time": f"{DAY}T09:00:00Z",
                  "discharge_time": f"{NEXT}T09:00:00Z"}, **fields) for n in range(start, start + count)]


def segments(data, partition):
    return sorted((data / "hub" / f"partition-{partition}").glob("*.log"))


def batches(content):
    """(byte, bytes, first offset, records) of each batch of a segment; the format is Kafka's RecordBatch v2."""
    at = 0
    while at + 61 <= len(content):
        length = int.from_bytes(content[at + 8:at + 12], "big") + 12
        yield at, length, int.from_bytes(content[at:at + 8], "big"), int.from_bytes(content[at + 57:at + 61], "big")
        at += length


def damage(checks, home):
    data = home / "damaged"
    with Process(data, "--no-simulator") as process:
        process.wait_committed()
        process.stop()
    # many batches of one partition, none of them in the store yet
    start = 0
    with Process(data, "--no-simulator") as process:
        for start in range(0, 600, 20):
            body = json.dumps([{"Body": json.dumps(e)} for e in stays(20, start)]).encode()
            process.request("/patient-flow/partitions/2/messages", body, {"Content-Type": "application/vnd.microsoft.servicebus.json"})
        process.wait_committed()
        process.stop()
    # the store is lost, so that all of the hub is read again
    shutil.rmtree(data / "store")
    segment = segments(data, 2)[0]
    content = bytearray(segment.read_bytes())
    found = list(batches(content))
    byte, length, offset, records = found[len(found) // 2]
    content[byte + length // 2] ^= 0x40
    segment.write_bytes(content)
    ids = {f"hub-{n}" for n in range(600)}
    # it does not become ready, so that isn't waited for
    with Process(data, "--no-simulator", wait=0) as process:
        process.wait_ready(path="/healthz")
        end = time.time() + 15
        while f"offset {offset}" not in process.log_text() and time.time() < end:
            time.sleep(0.2)
        log = process.log_text()
        checks.check("damage: the log names partition, file, byte and offset",
                     re.search(rf"partition 2.*{segment.name}.*byte {byte}.*offset {offset}", log) is not None, log[-600:])
        checks.equal("damage: the process is not ready while it can't read on", process.request("/readyz")[0], 503)
        checks.equal("damage: it takes events", process.post(*stays(5, 1000)), 201)
        checks.equal("damage: it stops within its time", process.stop()[1] < 5.5, True)
    wrong = command("hub", "skip-corruption", "--data-dir", data, 2, offset + records, check=False)
    checks.equal("damage: what is whole is not skipped", wrong.returncode, 1)
    shown = command("hub", "show", "--data-dir", data).stdout
    checks.check("damage: `hub show` answers", "partition" in shown, shown)
    skipped = command("hub", "skip-corruption", "--data-dir", data, 2, offset)
    checks.check("damage: the skip says what it passed over", f"{offset} to {offset + records - 1}" in skipped.stdout, skipped.stdout)
    with Process(data, "--no-simulator") as process:
        process.wait_committed()
        rows = ask(data, "select try(json_extract_string(decode(body), '$.event_id')) as id, hub_partition as p, hub_offset as o from bronze.event", True)
        kept = {r["id"] for r in rows if r["id"] in ids}
        checks.equal("damage: only the damaged batch is missing", len(ids - kept), records)
        checks.equal("damage: nothing of it was stored", [r for r in rows if r["p"] == 2 and offset <= r["o"] < offset + records], [])
        checks.equal("damage: what came after it is there", {f"hub-{n}" for n in range(1000, 1005)} <= {r["id"] for r in rows}, True)
        checks.equal("damage: each once", len(rows), len({(r["p"], r["o"]) for r in rows}))
        process.stop()
    before = fingerprint(data)
    command("rebuild", "--data-dir", data, "silver")
    checks.equal("damage: a rebuild gives the same", fingerprint(data), before)


def torn_end(checks, home):
    data = home / "torn"
    process = Process(data, "--no-simulator")
    for start in range(0, 100, 20):
        process.post(*stays(20, start))
    process.wait_committed()
    process.kill()
    for partition in range(4):
        if segments(data, partition):
            last = segments(data, partition)[-1]
            # a batch that was being written when the power went: its head and some of its body
            last.write_bytes(last.read_bytes() + last.read_bytes()[:40])
    with Process(data, "--no-simulator") as process:
        checks.check("torn end: it is cut and said", "torn tail was cut" in process.log_text(), process.log_text()[-600:])
        checks.equal("torn end: the hub goes on", process.post(*stays(20, 100)), 201)
        process.wait_committed()
        found = ask(data, "select count(*) as n, count(distinct patient_id) as d from gold.fact_patient_flow")[0]
        checks.equal("torn end: everything acknowledged is there once", (found["n"], found["d"]), (120, 120))


def network_file(checks, home):
    data, network = home / "network", home / "hospitals.yaml"
    text = (ROOT / "config/hospitals.yaml").read_text()
    network.write_text(text)
    options = ["--no-simulator", "--set", f"network_file={network}"]
    occupancy = ("select hospital_id, department, hour_at, staffed_beds, census_end, patient_hours from gold.census_hourly where hospital_id = 1 and department = 'ICU' "
                 f"and hour_at < timestamp '{NEXT}' order by hour_at")
    with Process(data, *options) as process:
        process.post(*stays(200, department="ICU"))
        process.wait_committed()
        time.sleep(0.2)
        before = ask(data, occupancy)
        beds = ask(data, "select staffed_beds from gold.dim_department where hospital_id = 1 and department = 'ICU'")
        checks.equal("network: one validity to begin with", len(beds), 1)
        line = re.search(r"\{name: ICU.*staffed_beds: (\d+)", text)
        network.write_text(text.replace(line.group(0), line.group(0).replace(line.group(1), "77"), 1))
        end = time.time() + 15
        while "read again" not in process.log_text() and time.time() < end:
            time.sleep(0.2)
        process.wait_committed()
        events = ask(data, "select occurred_at, staffed_beds from silver.department_change where hospital_id = 1 and department = 'ICU' order by occurred_at")
        checks.equal("network: the change went through the hub as a dated event", [e["staffed_beds"] for e in events], [beds[0]["staffed_beds"], 77])
        history = ask(data, "select staffed_beds, is_current, effective_from, effective_to from gold.dim_department where hospital_id = 1 and department = 'ICU' "
                            "order by effective_from")
        checks.equal("network: two validities, the later one current", [(r["staffed_beds"], r["is_current"]) for r in history],
                     [(beds[0]["staffed_beds"], False), (77, True)])
        checks.equal("network: one begins where the other ends", history[0]["effective_to"], history[1]["effective_from"])
        others = ask(data, "select count(*) as n from silver.department_change where hospital_id <> 1 or department <> 'ICU'")[0]["n"]
        checks.equal("network: nothing was sent of departments that did not change", others, 48)
        checks.check("network: past occupancy keeps the beds it had", len(before) > 0 and ask(data, occupancy) == before, f"{len(before)} rows")
        live = ask(data, "select staffed_beds from gold.department_live where hospital_id = 1 and department = 'ICU'")
        checks.equal("network: the live view has the new ones", [r["staffed_beds"] for r in live], [77])
        network.write_text("hospitals: [")
        end = time.time() + 15
        while "is not used" not in process.log_text() and time.time() < end:
            time.sleep(0.2)
        checks.check("network: a file that can't be read is not used, and that is said", "is not used" in process.log_text())
        checks.equal("network: and the process goes on", process.post(*stays(5, 500)), 201)
        network.write_text(text.replace(line.group(0), line.group(0).replace(line.group(1), "77"), 1))
        process.wait_committed()
        process.stop()
    prints = fingerprint(data)
    for layer in ["gold", "silver"]:
        command("rebuild", "--data-dir", data, "--set", f"network_file={network}", layer)
        checks.equal(f"network: rebuild {layer} keeps the history", fingerprint(data), prints)


def retention(checks, home):
    data = home / "retention"
    (home / "large").write_bytes(b"".join(b"x" * 1_000_000 + b"\n" for _ in range(300)))
    options = ["--set", "hub.partitions=1"]
    command("ingest", "--data-dir", data, *options, home / "large", timeout=300)
    before = segments(data, 0)
    checks.check("retention: the hub has several segments", len(before) >= 3, f"{before}")
    with Process(data, "--no-simulator", *options, "--set", "hub.retention=1s") as process:
        end = time.time() + 90
        while len(segments(data, 0)) == len(before) and time.time() < end:
            time.sleep(1)
        checks.equal("retention: the segments that the store has taken are gone, the last one stays", segments(data, 0), before[-1:])
        checks.equal("retention: the hub takes events", process.post(*stays(5)), 201)
        process.wait_committed()
        process.stop()
    with Process(data, "--no-simulator", *options) as process:
        process.wait_committed()
        checks.equal("retention: bronze keeps what it has", ask(data, "select count(*) as n from bronze.event where octet_length(body) = 1000000", True)[0]["n"], 300)


def main():
    checks = Checks()
    with folder() as home:
        home = pathlib.Path(home)
        damage(checks, home)
        torn_end(checks, home)
        network_file(checks, home)
        if LONG:
            retention(checks, home)
    checks.end()


if __name__ == "__main__":
    main()
