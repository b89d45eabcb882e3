#!/usr/bin/env python3
"""`simulate`: the same bytes for a seed, resumed where it stopped, a truth of exactly what was sent, and a hub that sets the pace."""
import hashlib, json, pathlib, time
from support import Checks, Process, ask, command, folder
from truth_test import facts_of, ingest, visits_of

PLAY = ["--start", "2026-01-01T00:00:00Z", "--history", "2d", "--dirt", "realistic"]


def simulate(*arguments, **options):
    return command("simulate", *arguments, **options)


def main():
    checks = Checks()
    with folder() as home:
        home = pathlib.Path(home)
        bytes_are_a_function_of_the_seed(checks, home)
        stops_with_a_whole_truth(checks, home)
        is_paced(checks)
        goes_at_the_hubs_pace(checks, home)
        restarted(checks, home)
        refuses(checks)
    checks.end()


def play(home, name, *arguments):
    simulate(*PLAY, *arguments, "--to", home / name)
    return (home / name).read_bytes()


def bytes_are_a_function_of_the_seed(checks, home):
    first = play(home, "first")
    checks.check("a simulated day has events", first.count(b"\n") > 5000, first.count(b"\n"))
    checks.check("the same seed and start give the same bytes", play(home, "second") == first)
    checks.check("another seed gives others", play(home, "other", "--seed", 2) != first)
    checks.check("standard output gets the same bytes", simulate(*PLAY, errors="surrogateescape").stdout.encode("utf-8", "surrogateescape")[:200_000] == first[:200_000])
    shapes = {shape: play(home, shape, "--shape", shape, "--dirt", "clean") for shape in ("stay", "movement", "mixed")}
    kinds = {shape: {("occurred_at" in e, "admission_time" in e) for e in map(json.loads, text.splitlines()) if "staffed_beds" not in e} for shape, text in shapes.items()}
    checks.equal("--shape stay, movement and mixed send what they are called",
                 kinds, {"stay": {(False, True)}, "movement": {(True, False)}, "mixed": {(False, True), (True, False)}})
    for scenario in ("flu-surge", "bed-closure"):
        checks.check(f"--scenario {scenario} is another story", play(home, scenario, "--scenario", scenario) != first)
    rest = play(home, "rest", "--resume", "2026-01-01T18:30:00Z")
    checks.check("resumed, it goes on with the same bytes", 0 < len(rest) < len(first) and first.endswith(rest), len(rest))


def stops_with_a_whole_truth(checks, home):
    events = play(home, "counted", "--count", 4000, "--truth", home / "truth")
    checks.check("--count writes that many events of the same bytes", (home / "first").read_bytes().startswith(b"\n".join(events.splitlines()[:4000])))
    lines = events.splitlines()
    checks.check("with --truth only what is half told comes after", 4000 <= len(lines) < 4200, len(lines))
    data = home / "counted-store"
    ingest(data, lines, home / "piece.ndjson")
    wanted, found = visits_of(json.loads((home / "truth").read_text())), facts_of(data)
    checks.check("and gold holds every visit of that truth and no other", wanted == found, f"missing {list(wanted - found)[:2]} extra {list(found - wanted)[:2]}")


def is_paced(checks):
    for arguments, wanted in ((["--rate", 400, "--count", 800], 2.0), (["--speed", 3600 * 12, "--history", "1d"], 2.0)):
        begin = time.time()
        simulate("--start", "2026-01-01T00:00:00Z", "--history", "30d", *arguments)
        seconds = time.time() - begin
        checks.check(f"{arguments[0]} keeps its pace", wanted - 0.2 <= seconds < wanted + 4, f"{seconds:.2f} s")


def goes_at_the_hubs_pace(checks, home):
    """A process that is too far behind answers 429; the simulator waits and sends again, and every event arrives once."""
    data = home / "paced"
    with Process(data, "--no-simulator", "--set", "intake.max_backlog=1") as process:
        process.wait_committed()
        simulate("--start", "2026-01-01T00:00:00Z", "--history", "12d", "--to", "hub", "--data-dir", data)
        process.wait_committed()
        sent = len(play(home, "paced-wanted", "--dirt", "clean", "--history", "12d").splitlines())
        stored = ask(data, "select count(*) as n, count(distinct md5(cast(body as varchar))) as d from bronze.event where cast(body as varchar) not like '%network-%'", True)[0]
        checks.equal("--to hub sends each event once to the process that runs", (stored["n"], stored["d"]), (sent, sent))
        metrics = process.request("/metrics")[2].decode()
        checks.check("and waits when that is too far behind", 'reason="too_far_behind"' in metrics, metrics[:500])
    unpaced = home / "alone"
    simulate(*PLAY, "--count", 1000, "--to", "hub", "--data-dir", unpaced)
    shown = json.loads(command("hub", "show", "--data-dir", unpaced, "--output", "json").stdout)
    checks.equal("without a process it writes into the hub", sum(p["next_offset"] - p["first_offset"] for p in shown), 1000)


def restarted(checks, home):
    """A simulated store that is stopped and killed goes on where it was: not an event more or less, and no hour left out."""
    data, speed = home / "restarted", 60
    begin = time.time()
    for turn in range(5):
        with Process(data, "--simulator", "--history", "1d", "--speed", speed) as process:
            process.wait_committed()
            time.sleep(1)
            if turn % 2:
                process.kill()
    passed = (time.time() - begin) * speed
    state = json.loads((data / "simulator.json").read_text())
    now = ask(data, "select cast(epoch(now) as bigint) as now from gold.clock")[0]["now"]
    ahead = now - state["historyEnd"] / 1e6
    checks.check("however often it is restarted, its time never runs ahead of its speed", 0 < ahead <= passed, f"{ahead:.0f} s of {passed:.0f} s")
    stored = sorted(row["hash"] for row in ask(data, "select md5(body) as hash from bronze.event", True))
    start = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(state["start"] / 1e6))
    simulate("--seed", state["seed"], "--start", start, "--history", "9d", "--shape", state["shape"], "--dirt", state["dirt"], "--count", len(stored),
             "--to", home / "unbroken")
    unbroken = (home / "unbroken").read_bytes().split(b"\n")[:len(stored)]
    checks.check("a day and more of events is in the hub", len(stored) > 2000, len(stored))
    checks.check("which are those of a simulation that was never stopped, each once", stored == sorted(hashlib.md5(line).hexdigest() for line in unbroken))


def refuses(checks):
    for arguments, word in ((["--rate", 5, "--speed", 5], "exclude"), (["--shape", "square"], "movement"), (["--start", "yesterday"], "2026-01-01T00:00:00Z"),
                            (["--count", 0], "above 0"), (["--history", "two weeks"], "14d"), (["--scenario", "quake"], "flu-surge")):
        result = simulate(*arguments, check=False)
        checks.check(f"simulate {' '.join(map(str, arguments))} is refused with what to write instead", result.returncode == 64 and word in result.stderr, result.stderr)


if __name__ == "__main__":
    main()
