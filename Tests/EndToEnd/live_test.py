#!/usr/bin/env python3
"""Live figures run ahead of the store: what the stream shows is what the store says once it holds the same events, through dirt, a kill, a
changed network file and quarantined records that are judged again; and it is shown while the store is not written at all."""
import json, pathlib, threading, time, urllib.request
from support import ROOT, Checks, Process, command, folder


class Stream:
    """Listens to /api/v1/events and keeps the last frame."""

    def __init__(self, process):
        self.frame, self.frames, self.lost = None, 0, None
        self.answer = urllib.request.urlopen(process.url + "/api/v1/events", timeout=60)
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        kind = None
        try:
            for line in self.answer:
                if line.startswith(b"event:"):
                    kind = line[6:].strip()
                elif line.startswith(b"data:") and kind == b"live":
                    self.frame, self.frames = json.loads(line[5:]), self.frames + 1
        except (OSError, ValueError) as error:  # the process was killed
            self.lost = error


def figures(payload):
    """What both say; when a feed was last heard is the process's own."""
    hospitals = [{k: v for k, v in row.items() if k not in ("last_event_at", "silent")} for row in payload["hospitals"]]
    return {"totals": payload["totals"], "hospitals": hospitals, "departments": payload["departments"]}


def same(checks, sentence, process, stream, seconds=20):
    process.wait_committed()
    end = time.time() + seconds
    while True:  # the clock of a real feed moves on between the two
        store, ahead = figures(json.loads(process.request("/api/v1/now")[2])), figures(stream.frame) if stream.frame else None
        if store == ahead or time.time() > end:
            break
        time.sleep(0.5)
    differing = [(a, b) for a, b in zip(store["departments"], (ahead or store)["departments"]) if a != b][:1]
    checks.check(sentence, store == ahead, f"{differing} {store['totals']} {ahead and ahead['totals']}")
    return store["totals"]


def ahead(process):
    """How many frames showed the hub, ahead of the store."""
    for line in process.request("/metrics")[2].decode().splitlines():
        if line.startswith('patientflow_serving_live_frames_total{source="hub"}'):
            return float(line.rsplit(" ", 1)[1])
    return 0


def send(process, lines, pause):
    for start in range(0, len(lines), 50):
        assert process.post(*lines[start:start + 50]) == 201
        time.sleep(pause)


def main():
    checks = Checks()
    with folder() as home:
        home = pathlib.Path(home)
        start = time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() - 9 * 86400))
        command("simulate", "--seed", "11", "--start", start, "--history", "9d", "--shape", "mixed", "--dirt", "realistic", "--to", home / "events")
        lines = (home / "events").read_text(errors="replace").splitlines()
        network = home / "hospitals.yaml"
        network.write_text((ROOT / "config/hospitals.yaml").read_text())
        data, settings = home / "data", ["--no-simulator", "--set", f"network_file={network}"]
        third = len(lines) // 3
        with Process(data, *settings) as process:
            stream = Stream(process)
            send(process, lines[:third], 0.02)
            totals = same(checks, "with dirt and repetition the stream says what the store says", process, stream)
            checks.check("and somebody is in a bed", totals["census"] > 50, totals)
            checks.check("it ran ahead of the store", ahead(process) > 5, ahead(process))
            process.kill()
        with Process(data, *settings) as process:
            stream = Stream(process)
            send(process, lines[third:2 * third], 0.02)
            same(checks, "after a kill too", process, stream)
            before = stream.frame["totals"]["staffed_beds"]
            network.write_text(network.read_text().replace("staffed_beds: ", "staffed_beds: 1", 1))
            end = time.time() + 20
            while stream.frame["totals"]["staffed_beds"] == before and time.time() < end:
                time.sleep(0.1)
            checks.check("a changed number of beds is shown", stream.frame["totals"]["staffed_beds"] > before, stream.frame["totals"])
            send(process, lines[2 * third:], 0.02)
            same(checks, "and what comes after it", process, stream)
            command("quarantine", "replay", "--all", "--data-dir", data)
            same(checks, "and after quarantined records were judged again", process, stream)
        # The store's next batch comes half a minute after this one; the stream does not wait for it.
        with Process(data, *settings, "--set", "lakehouse.minimum_pause=30s") as process:
            stream = Stream(process)
            stay = {"event_id": "live-1", "patient_id": "P-live", "encounter_id": "E-live", "hospital_id": 1, "department": "ICU",
                    "admission_time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 7200)), "gender": "female", "age": 40}
            checks.equal("an event is taken", process.post({**stay, "event_id": "live-0", "encounter_id": "E-live-0"}), 201)
            process.wait_committed()
            end = time.time() + 5
            while stream.frame is None and time.time() < end:
                time.sleep(0.02)
            before = stream.frame["totals"]["census"]
            begin = time.time()
            checks.equal("and a second", process.post(stay), 201)
            while stream.frame["totals"]["census"] == before and time.time() - begin < 10:
                time.sleep(0.005)
            checks.check("it is shown before the store has it", time.time() - begin < 2 and json.loads(process.request("/api/v1/pipeline")[2])["lag"] > 0,
                         f"{time.time() - begin:.2f} s")
            checks.equal("the process stops", process.stop(40)[0], 0)
    checks.end()


if __name__ == "__main__":
    main()
