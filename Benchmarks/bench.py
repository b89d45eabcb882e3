#!/usr/bin/env python3
"""The figures of Patient Flow, side by side with peers in one run; medians of interleaved rounds.

  bench.py [replay] [steady] [start] [--stored N | --store FOLDER] [--records N] [--rounds N] [--seconds N] [--rate N] [--no-spark]

replay  one file of stay records to gold: ours (durable hub, quarantine, SCD2, restatement), a plain DuckDB script, PySpark local[2]
steady  events at a fixed rate over HTTP (open loop: sent by the clock, whatever the answers take): accepted to visible in a live frame
start   start to first page with --stored events, after a clean stop and after kill -9 under load
Writes Benchmarks/results/DATE.md.
"""
import argparse, datetime, http.client, json, os, pathlib, platform, shutil, statistics, subprocess, sys, tempfile, threading, time

ROOT = pathlib.Path(__file__).resolve().parents[1]
BINARY = os.environ.get("PATIENTFLOW_TEST_BINARY", str(ROOT / ".build/release/patientflow"))
PYTHON = str(ROOT / ".deps/python/bin/python")
lines = []


def say(text):
    print(text, flush=True)
    lines.append(text)


def timed(command, cwd=ROOT):
    """(seconds, peak memory in MB of the process and its children together)"""
    import psutil
    begin, peak = time.time(), 0
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    watched = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            peak = max(peak, sum(p.memory_info().rss for p in [watched, *watched.children(recursive=True)]))
        except psutil.Error:
            pass
        time.sleep(0.02)
    if process.returncode:
        sys.exit(f"{command[0]} ended with {process.returncode}: {process.stderr.read()[-2000:]}")
    return time.time() - begin, peak / 1e6


def replay(options, work):
    file = work / "stays.ndjson"
    say(f"## Replay of {options.records:,} stay records, file to gold\n")
    subprocess.run([PYTHON, "Benchmarks/generate.py", str(file), str(options.records)], cwd=ROOT, check=True)
    peers = {
        "patientflow ingest": lambda folder: [BINARY, "ingest", "--data-dir", folder, str(file)],
        "DuckDB script": lambda folder: [PYTHON, "Benchmarks/peers/duckdb_script.py", str(file), folder],
    }
    if not options.no_spark:
        peers["PySpark local[2]"] = lambda folder: [PYTHON, "Benchmarks/peers/spark_pipeline.py", str(file), folder]
    results = {name: [] for name in peers}
    for _ in range(options.rounds):
        for name, command in peers.items():
            folder = work / "run"
            shutil.rmtree(folder, ignore_errors=True)
            results[name].append(timed(command(str(folder))))
    base = statistics.median(s for s, _ in results["patientflow ingest"])
    say("| what | seconds (min – max) | events/s | peak memory | time against ours |\n|---|---|---|---|---|")
    for name, runs in results.items():
        seconds = [s for s, _ in runs]
        median = statistics.median(seconds)
        say(f"| {name} | {median:.1f} ({min(seconds):.1f} – {max(seconds):.1f}) | {options.records / median:,.0f} | {statistics.median(m for _, m in runs):.0f} MB | {median / base:.2f} × |")
    say("\nAll times are of whole processes with their start. Ours also keeps the durable hub, quarantine, SCD2 and movements.\n")


def store_before(options, work, data):
    """Takes the records of --stored into a data folder, or copies the one of --store."""
    if options.store:
        shutil.copytree(options.store, data)
        say(f"Begun with a copy of a store that holds {options.stored:,} events.\n")
        return
    if not options.stored:
        return
    file = work / "stored.ndjson"
    # hospitals of the simulator: the file of `replay` leaves one stay in ten open for years, which no hospital has
    days = max(3, options.stored // 2500)
    begin = datetime.date(2025, 12, 31) - datetime.timedelta(days=days)
    subprocess.run([BINARY, "simulate", "--seed", "6", "--start", f"{begin}T00:00:00Z", "--history", f"{days}d", "--count", str(options.stored), "--to", str(file)],
                   cwd=ROOT, check=True)
    seconds, memory = timed([BINARY, "ingest", "--data-dir", str(data), str(file)])
    file.unlink()
    say(f"{options.stored:,} events were stored before, in {seconds:.0f} s with at most {memory:.0f} MB.\n")


def first_page(data, port):
    """Starts the program; seconds until the page and the live figures behind it are there."""
    begin = time.time()
    process = subprocess.Popen([BINARY, "run", "--no-simulator", "--data-dir", str(data), "--port", str(port)], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while time.time() - begin < 120:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            for path in ("/", "/api/v1/now"):
                connection.request("GET", path)
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    raise OSError
            return process, time.time() - begin
        except (OSError, http.client.HTTPException):
            time.sleep(0.02)
    sys.exit("no page after 120 s")


def start(options, work):
    say(f"## Start to first page, {options.stored:,} events stored\n")
    data, port = work / "start", 18491
    if (work / "steady").exists():
        data = work / "steady"
        say("Of the store that the steady events went to.\n")
    else:
        store_before(options, work, data)
    say("| after | seconds |\n|---|---|")
    clean, killed = [], []
    for _ in range(max(3, options.rounds)):
        process, seconds = first_page(data, port)
        clean.append(seconds)
        process.terminate()
        process.wait(60)
    events = work / "killed.ndjson"
    for number in range(max(3, options.rounds)):
        process, _ = first_page(data, port)
        # killed with work in hand: a batch not committed and a write-ahead log not folded
        subprocess.run([BINARY, "simulate", "--seed", str(number), "--start", "2026-01-01T00:00:00Z", "--history", "3d", "--count", "20000", "--to", str(events)], cwd=ROOT, check=True)
        sender = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        lines = events.read_text().splitlines()
        for first in range(0, len(lines), 500):
            sender.request("POST", "/patient-flow/messages", json.dumps([{"Body": b} for b in lines[first:first + 500]]), {"Content-Type": "application/vnd.microsoft.servicebus.json"})
            sender.getresponse().read()
        process.kill()
        process.wait()
        process, seconds = first_page(data, port)
        killed.append(seconds)
        process.terminate()
        process.wait(60)
    say(f"| a clean stop | {statistics.median(clean):.2f} ({min(clean):.2f} – {max(clean):.2f}) |")
    say(f"| kill -9 under load | {statistics.median(killed):.2f} ({min(killed):.2f} – {max(killed):.2f}) |\n")


def steady(options, work):
    from hdrh.histogram import HdrHistogram
    import psutil
    say(f"## {options.rate:,} events/s for {options.seconds} s: accepted to visible in a live frame\n")
    events = work / "steady.ndjson"
    count = options.rate * options.seconds
    # Up to now: what lies in the future of a real feed's clock never ends, stays hot and is counted for ever.
    days = max(3, count // 3000)
    start = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=days + 1)
    subprocess.run([BINARY, "simulate", "--seed", "5", "--start", start.strftime("%Y-%m-%dT00:00:00Z"), "--history", f"{days}d", "--count", str(count), "--to", str(events)],
                   cwd=ROOT, check=True)
    bodies = events.read_text().splitlines()
    data, port = work / "steady", 18490
    store_before(options, work, data)
    log = open(options.log, "wb") if options.log else subprocess.DEVNULL
    level = ["--log-level", "debug"] if options.log else []
    process = subprocess.Popen([BINARY, "run", "--no-simulator", "--data-dir", str(data), "--port", str(port), *level], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=log)
    histogram, pending, lock, memory = HdrHistogram(1, 60_000_000, 3), [], threading.Lock(), []
    try:
        for _ in range(200):
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    break
            except OSError:
                pass
            time.sleep(0.1)

        def listen():
            stream = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            stream.request("GET", "/api/v1/events")
            answer = stream.getresponse()
            kind = None
            while True:
                line = answer.fp.readline()
                if not line:
                    return
                if line.startswith(b"event:"):
                    kind = line[6:].strip()
                elif line.startswith(b"data:") and kind == b"live":
                    seen = time.time()
                    through = json.loads(line[5:]).get("accepted_through")
                    if not through:
                        continue
                    until = datetime.datetime.fromisoformat(through.replace("Z", "+00:00")).timestamp()
                    with lock:
                        # the hub's clock has milliseconds
                        done = [p for p in pending if p[0] <= until + 0.001]
                        pending[:] = [p for p in pending if p[0] > until + 0.001]
                    for due, number in done:
                        histogram.record_value(max(1, int((seen - due) * 1e6)), number)

        threading.Thread(target=listen, daemon=True).start()
        sender = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        begin, sent, batch = time.time() + 0.2, 0, max(1, options.rate // 100)
        late = 0
        while sent < len(bodies):
            due = begin + sent / options.rate
            delay = due - time.time()
            if delay > 0:
                time.sleep(delay)
            else:
                late = max(late, -delay)
            part = bodies[sent:sent + batch]
            sender.request("POST", "/patient-flow/messages", json.dumps([{"Body": b} for b in part]), {"Content-Type": "application/vnd.microsoft.servicebus.json"})
            answer = sender.getresponse()
            answer.read()
            if answer.status != 201:
                sys.exit(f"intake answered {answer.status}")
            with lock:
                pending.append((time.time(), len(part)))
            sent += len(part)
            if sent % (options.rate * 5) < batch:
                memory.append(psutil.Process(process.pid).memory_info().rss / 1e6)
        time.sleep(3)
        metrics = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        metrics.request("GET", "/metrics")
        text = metrics.getresponse().read().decode()
        usage = psutil.Process(process.pid).cpu_times()
    finally:
        process.terminate()
        process.wait(30)
    with lock:
        unseen = sum(n for _, n in pending)
    say("| figure | value |\n|---|---|")
    for share in (50, 90, 99, 99.9):
        say(f"| p{share} | {histogram.get_value_at_percentile(share) / 1000:.0f} ms |")
    say(f"| greatest | {histogram.get_max_value() / 1000:.0f} ms |\n| events never seen in a frame | {unseen} |\n| sender late at most | {late * 1000:.0f} ms |")
    say(f"| memory at the start, end and most | {memory[0]:.0f}, {memory[-1]:.0f}, {max(memory):.0f} MB |\n| processor time | {usage.user + usage.system:.0f} s of {options.seconds} s × 2 cores |")
    say("\nStages of a batch, mean milliseconds:\n\n| stage | ms |\n|---|---|")
    sums, counts = {}, {}
    for line in text.splitlines():
        if line.startswith("patientflow_lakehouse_stage_seconds_"):
            stage, value = line.split('stage="')[1].split('"')[0], float(line.rsplit(" ", 1)[1])
            if "_sum{" in line:
                sums[stage] = value
            elif "_count{" in line:
                counts[stage] = value
    for stage in sums:
        say(f"| {stage} | {sums[stage] / max(1, counts.get(stage, 1)) * 1000:.1f} |")
    frame = {kind: float(line.rsplit(" ", 1)[1]) for line in text.splitlines() for kind in ("sum", "count")
             if line.startswith(f"patientflow_serving_live_frame_duration_seconds_{kind}")}
    say(f"\n{counts.get('bronze', 0):.0f} batches; {frame.get('count', 0):.0f} live frames, each made in {frame.get('sum', 0) / max(1, frame.get('count', 0)) * 1000:.1f} ms.\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", default=["replay", "steady"])
    parser.add_argument("--records", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--rate", type=int, default=5000)
    parser.add_argument("--no-spark", action="store_true")
    parser.add_argument("--stored", type=int, default=0, help="steady, start: so many events lie in the store already")
    parser.add_argument("--store", help="steady, start: a data folder with --stored events, to begin with a copy of it")
    parser.add_argument("--log", help="steady: our log at debug goes to this file, each batch with its stages")
    options = parser.parse_args()
    now = datetime.datetime.now(datetime.timezone.utc)
    say(f"# {now:%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, {platform.machine()}, {platform.system()} {platform.release()}\n")
    with tempfile.TemporaryDirectory(prefix="patient-flow-bench-") as work:
        if "replay" in options.what:
            replay(options, pathlib.Path(work))
        if "steady" in options.what:
            steady(options, pathlib.Path(work))
        if "start" in options.what:
            start(options, pathlib.Path(work))
    results = ROOT / "Benchmarks/results"
    results.mkdir(parents=True, exist_ok=True)
    (results / f"{now:%Y-%m-%d-%H%M}.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
