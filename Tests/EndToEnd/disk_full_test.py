#!/usr/bin/env python3
"""A full disk, for real: hub and store each on a small file system of its own, filled by load. Intake refuses with Retry-After, reading
goes on, nothing acknowledged is lost, and when there is room the service goes on by itself."""
import json, os, pathlib, shutil, subprocess, time
from support import LONG, Checks, Process, ask, command, fingerprint, folder

ROUNDS = 3 if LONG else 1


class SmallDisk:
    """A file system of a fixed size in memory, mounted on a folder that is made."""

    def __init__(self, path, megabytes):
        self.path = pathlib.Path(path)
        self.path.mkdir(parents=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(self.path)], check=True, capture_output=True)

    def resize(self, megabytes):
        subprocess.run(["mount", "-o", f"remount,size={megabytes}m", str(self.path)], check=True, capture_output=True)

    def free(self):
        disk = os.statvfs(self.path)
        return disk.f_bavail * disk.f_frsize

    def fill(self, leave):
        """Takes the room away with a file, as another program would."""
        with open(self.path / "ballast", "wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(1, self.free() - leave))

    def make_room(self):
        (self.path / "ballast").unlink()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "--lazy", str(self.path)], check=False, capture_output=True)


def can_mount():
    """Whether this process may mount: as root, or in a name space of its own."""
    with folder() as home:
        try:
            with SmallDisk(pathlib.Path(home) / "disk", 1):
                return True
        except (OSError, subprocess.CalledProcessError):
            return False


class Sender:
    """Sends new events, batch by batch, and remembers what was acknowledged."""

    def __init__(self, note=400):
        self.number, self.acknowledged, self.padding = 0, [], "x" * note

    def send(self, process, events=100):
        """(status, headers, body) of one batch of events that were never sent before."""
        batch = []
        for _ in range(events):
            self.number += 1
            n = self.number
            batch.append({
                "event_id": f"full-{n}", "event_time": f"2026-05-{1 + n % 20:02d}T10:00:00Z", "hospital_id": 1 + n % 7, "patient_id": f"P{n}",
                "encounter_id": f"E{n}", "gender": "Male", "age": n % 90, "department": "Oncology", "bed_id": f"B{n % 60}",
                "admission_time": f"2026-05-{1 + n % 20:02d}T09:00:00Z", "discharge_time": "2026-05-28T09:00:00Z", "note": self.padding})
        body = json.dumps([{"Body": json.dumps(e)} for e in batch]).encode()
        answer = process.request("/patient-flow/messages", body, {"Content-Type": "application/vnd.microsoft.servicebus.json"})
        if answer[0] == 201:
            self.acknowledged += [e["event_id"] for e in batch]
        return answer

    def until(self, process, statuses, seconds=60):
        """Sends until an answer has one of the statuses; that answer, or the last one."""
        end, answer = time.time() + seconds, None
        while time.time() < end:
            answer = self.send(process)
            if answer[0] in statuses:
                return answer
            if answer[0] != 201:
                time.sleep(0.1)
        return answer


def complete(checks, name, data, sender):
    """What must hold in the end: everything acknowledged is in bronze exactly once, and gold is what a rebuild gives."""
    counts, page = {}, 50000
    for partition in [r["hub_partition"] for r in ask(data, "select distinct hub_partition from bronze.event order by 1", True)]:
        start = -1
        while True:
            rows = ask(data, f"select hub_offset, json_extract_string(decode(body), '$.event_id') as id from bronze.event "
                             f"where hub_partition = {partition} and hub_offset > {start} order by hub_offset limit {page}", True)
            for row in rows:
                counts[row["id"]] = counts.get(row["id"], 0) + 1
            if len(rows) < page:
                break
            start = rows[-1]["hub_offset"]
    checks.equal(f"{name}: everything acknowledged is in bronze exactly once", [i for i in sender.acknowledged if counts.get(i) != 1][:5], [])
    known = set(sender.acknowledged)
    # A request that is in flight when the process gives its store up may be durable and still be refused; its sender sends it again.
    if name != "lost":
        checks.equal(f"{name}: and nothing that was refused", [i for i in counts if i.startswith("full-") and i not in known][:5], [])
    before = fingerprint(data)
    command("rebuild", "--data-dir", data, "gold")
    checks.equal(f"{name}: gold equals a rebuild", fingerprint(data), before)


def reads(checks, name, process):
    for path in ["/api/v1/now", "/api/v1/pipeline", "/healthz", "/metrics", "/"]:
        checks.equal(f"{name}: {path} is still answered", process.request(path)[0], 200)
    checks.check(f"{name}: and SQL", isinstance(ask(process.data, "select count(*) as n from gold.fact_patient_flow"), list))


def hub_is_full(checks, home):
    data, sender = home / "hub-full", Sender()
    with SmallDisk(data / "hub", 12) as disk:
        with Process(data, "--no-simulator") as process:
            for turn in range(ROUNDS):
                status, headers, body = sender.until(process, [503])
                checks.equal("hub: intake refuses when the disk is full", status, 503)
                checks.check("hub: it says when to come back", int(headers.get("Retry-After", "0")) > 0, f"{headers}")
                checks.check("hub: and why, and that nothing was kept", b"disk is full" in body and b"Nothing of this request was kept" in body, body)
                checks.check("hub: the log says it", "diskFull" in process.log_text())
                reads(checks, "hub", process)
                process.wait_committed()
                disk.resize(12 + 24 * (turn + 1))
                checks.equal("hub: with room it takes events again by itself", sender.send(process)[0], 201)
            disk.fill(0)
            sender.until(process, [503])
            checks.equal("hub: full a second time it stops within its time", process.stop()[1] < 5.5, True)
            disk.make_room()
        with Process(data, "--no-simulator") as process:
            process.wait_committed()
            checks.equal("hub: and starts again when there is room", process.stop()[0], 0)
        complete(checks, "hub", data, sender)


def store_is_full(checks, home):
    data, sender = home / "store-full", Sender()
    with SmallDisk(data / "store", 24) as disk:
        with Process(data, "--no-simulator", "--set", "intake.max_backlog=2000") as process:
            for turn in range(ROUNDS):
                # the hub has room, so intake goes on until the pipeline is as far behind as it may be
                end = time.time() + 60
                while process.request("/readyz")[0] == 200 and time.time() < end:
                    sender.until(process, [429], 1)
                status, headers, body = sender.until(process, [429])
                checks.equal("store: intake refuses when the pipeline is too far behind", status, 429)
                checks.check("store: it says when to come back", int(headers.get("Retry-After", "0")) > 0, f"{headers}")
                status, _, body = process.request("/readyz")
                checks.check("store: the process is not ready and says why", status == 503 and b"No space left on device" in body, body)
                checks.check("store: the log says it", "No space left on device" in process.log_text())
                checks.check("store: /metrics says it", "patientflow_lakehouse_failing 1" in process.request("/metrics")[2].decode())
                reads(checks, "store", process)
                disk.resize(24 + 60 * (turn + 1))
                process.wait_committed(30)
                checks.equal("store: with room it goes on by itself", sender.send(process)[0], 201)
                process.wait_committed(30)
            disk.fill(0)
            sender.until(process, [429], 10)
            status, seconds = process.stop()
            checks.check("store: full a second time it stops within its time", status is not None and seconds < 5.5, f"{status} after {seconds:.1f} s")
        # The stop may have folded the log and so made room.
        disk.fill(0)
        refused = command("run", "--data-dir", data, "--no-simulator", "--port", 0, check=False, timeout=30)
        checks.equal("store: a start on the full disk is refused", refused.returncode, 1)
        checks.check("store: with the reason", "No space left on device" in refused.stderr, refused.stderr[-300:])
        disk.make_room()
        with Process(data, "--no-simulator") as process:
            process.wait_committed()
            checks.equal("store: and goes on when there is room", process.stop()[0], 0)
        disk.resize(1000)  # a rebuild of that much spills
        complete(checks, "store", data, sender)


def fold_finds_no_room(checks, home):
    """The write-ahead log is folded now and then. DuckDB gives a database up for good when that finds the disk full, so it must not be
    begun without room; commits go on meanwhile."""
    data, sender = home / "fold", Sender()
    with SmallDisk(data / "store", 40) as disk:
        with Process(data, "--no-simulator", "--set", "lakehouse.checkpoint_interval=5s") as process:
            for _ in range(30):
                sender.send(process)
            process.wait_committed()
            disk.fill(2_500_000)
            end = time.time() + 8
            while time.time() < end:
                sender.send(process, 5)
                time.sleep(0.2)
            checks.check("fold: nothing was given up", "invalidated" not in process.log_text(), process.log_text()[-400:])
            checks.check("fold: the log says that the disk is nearly full", "nearly full" in process.log_text(), process.log_text()[-400:])
            reads(checks, "fold", process)
            process.wait_committed()
            disk.make_room()
            end = time.time() + 15
            while (disk.path / "patient-flow.duckdb").stat().st_size < 1_000_000 and time.time() < end:
                sender.send(process, 5)
                time.sleep(0.2)
            checks.check("fold: with room the log is folded", (disk.path / "patient-flow.duckdb").stat().st_size >= 1_000_000)
            checks.equal("fold: the process stops gracefully", process.stop()[0], 0)
        complete(checks, "fold", data, sender)


def engine_gives_up(checks, home):
    """The worst case: the room vanishes while DuckDB folds. It gives the database up; hub and store are opened anew without a person."""
    data, sender = home / "lost", Sender()
    with SmallDisk(data / "store", 40) as disk:
        # no interval of ours: DuckDB folds by itself when its log has grown to the threshold, and finds no room
        with Process(data, "--no-simulator", "--set", "lakehouse.checkpoint_interval=1h", "--set", "lakehouse.checkpoint_bytes=6MB") as process:
            disk.fill(9_000_000)
            end = time.time() + 40
            while "gave up" not in process.log_text() and time.time() < end:
                try:
                    sender.send(process, 20)
                except OSError:  # it is opening anew
                    time.sleep(0.1)
            checks.check("lost: the log says that the engine gave up", "gave up" in process.log_text(), process.log_text()[-600:])
            time.sleep(2)
            checks.check("lost: the process lives", process.process.poll() is None, process.log_text()[-600:])
            disk.make_room()
            process.wait_ready(30)
            process.wait_committed(30)
            checks.equal("lost: with room it takes events again", sender.send(process)[0], 201)
            process.wait_committed(30)
            reads(checks, "lost", process)
            checks.equal("lost: and stops gracefully", process.stop()[0], 0)
        complete(checks, "lost", data, sender)


def backlog_finds_no_room(checks, home):
    """The disk fills up while a backlog is restated: what was put aside stays, and with room its restating goes on by itself."""
    data = home / "backlog"
    command("simulate", "--seed", 37, "--start", "2026-01-01T00:00:00Z", "--history", "15d", "--shape", "mixed", "--to", home / "events")
    command("ingest", "--data-dir", data, "--hub-only", home / "events")
    shutil.rmtree(data / "store")
    shutil.copytree(data, home / "roomy")
    options = ["--no-simulator", "--set", "lakehouse.bulk_records=5000"]
    with Process(home / "roomy", *options) as process:
        process.wait_committed(60)
        process.stop()
    with SmallDisk(data / "store", 41) as disk:
        with Process(data, *options, wait=None) as process:
            end = time.time() + 60
            while "No space left on device" not in process.log_text() and time.time() < end:
                time.sleep(0.2)
            checks.check("backlog: the log says that the disk is full", "No space left on device" in process.log_text(), process.log_text()[-600:])
            left = ask(data, "select count(*) as n from silver.movement_record anti join silver.movement using (journey_key)", True)[0]["n"]
            checks.check("backlog: it happened while records that were put aside waited to be restated", left > 0, left)
            disk.resize(300)
            process.wait_ready(30)
            process.wait_committed(60)
            end = time.time() + 30
            while ask(data, "select count(*) as n from silver.movement_record anti join silver.movement using (journey_key)", True)[0]["n"] and time.time() < end:
                time.sleep(0.5)
            checks.equal("backlog: the process stops gracefully", process.stop()[0], 0)
        checks.equal("backlog: with room gold is what it is on a large disk", fingerprint(data), fingerprint(home / "roomy"))


def main():
    checks = Checks()
    if not can_mount():
        print("skipped: this process may not mount a file system, so no disk can be made full (root may)")
        checks.skipped += 1
        checks.end()
    with folder() as home:
        home = pathlib.Path(home)
        hub_is_full(checks, home)
        store_is_full(checks, home)
        fold_finds_no_room(checks, home)
        engine_gives_up(checks, home)
        backlog_finds_no_room(checks, home)
    checks.end()


if __name__ == "__main__":
    main()
