#!/usr/bin/env python3
"""A large backlog takes the bulk path, and kill -9 at random instants of it changes nothing: gold is that of a run nobody killed."""
import pathlib, random, shutil, time
from support import LONG, Checks, Process, ask, command, fingerprint, folder

KILLS = 20 if LONG else 4
OPTIONS = ["--no-simulator", "--set", "lakehouse.bulk_records=5000"]


def main():
    checks, chance = Checks(), random.Random(29)
    with folder() as home:
        home = pathlib.Path(home)
        command("simulate", "--seed", 31, "--start", "2026-01-01T00:00:00Z", "--history", "45d", "--shape", "mixed", "--dirt", "realistic",
                "--to", home / "events")
        command("ingest", "--data-dir", home / "killed", "--hub-only", home / "events")
        shutil.copytree(home / "killed", home / "whole")
        begin = time.time()
        with Process(home / "whole", *OPTIONS) as process:
            process.wait_committed(120)
            checks.equal("a run over the backlog stops with 0", process.stop()[0], 0)
        seconds = time.time() - begin
        wanted = fingerprint(home / "whole")
        left = 0
        for kill in range(KILLS):
            process = Process(home / "killed", *OPTIONS, "--log-level", "debug", wait=None, log=home / f"{kill}.log")
            # From the first commit on, until about when all is done.
            end = time.time() + 60
            while "A batch was committed" not in (home / f"{kill}.log").read_text() and time.time() < end:
                time.sleep(0.005)
            time.sleep(chance.uniform(0, seconds / 4) if kill else 0)
            process.kill()
            left += ask(home / "killed", "select count(*) as n from silver.stay_record anti join silver.movement using (journey_key)", True)[0]["n"] > 0
        checks.check("some kill came after records were put aside and before all were restated", left > 0, f"{KILLS} kills")
        with Process(home / "killed", *OPTIONS) as process:
            process.wait_committed(120)
            checks.equal("a run after the kills stops with 0", process.stop()[0], 0)
        checks.equal("after the kills gold is that of the run nobody killed", fingerprint(home / "killed"), wanted)
        for layer in ["gold", "silver"]:
            command("rebuild", "--data-dir", home / "killed", layer)
            checks.equal(f"and that of a rebuild of {layer}", fingerprint(home / "killed"), wanted)
    checks.end()


if __name__ == "__main__":
    main()
