#!/usr/bin/env python3
"""`patientflow sql`: all rows or an error, with a process and without one; statements as people write them."""
import csv, http.client, io, json, os, pathlib, subprocess, time
from support import BINARY, Checks, Process, command, environment, folder, ROOT

ROWS = 250_000
LONG = f"select range as n, 'row ' || range as text from range({ROWS}) order by n"
ENDLESS = "select * from range(1000000000000)"
VIEWS = ["vw_bed_occupancy", "vw_bed_turnover_rate", "vw_patient_demographics", "vw_avg_treatment_duration", "vw_patient_volume_trend",
         "vw_department_inflow", "vw_overstay_patients"]


def main():
    checks = Checks()
    with folder() as home:
        data = pathlib.Path(home) / "data"
        with Process(data, "--no-simulator", "--set", "sql.time_limit=4s") as process:
            process.wait_committed()
            asked(checks, data, "through the running process")
            cut(checks, process, data)
        asked(checks, data, "from the store itself", "--set", "sql.time_limit=4s")
        memory(checks, data)
        stopped(checks, data)
    checks.end()


def sql(data, *arguments, **options):
    return command("sql", "--data-dir", data, *arguments, **options)


def asked(checks, data, way, *flags):
    for output in ("csv", "json"):
        text = sql(data, *flags, "--output", output, LONG).stdout
        rows = [(int(r["n"]), r["text"]) for r in (json.loads(text) if output == "json" else csv.DictReader(io.StringIO(text)))]
        checks.check(f"{way}: {output} has all rows, in order", rows == [(n, f"row {n}") for n in range(ROWS)], f"{len(rows)} {rows[-1:]}")
        few = sql(data, *flags, "--output", output, "--max-rows", 2, ENDLESS).stdout
        checks.equal(f"{way}: {output} ends where --max-rows says", few.split(), ["range", "0", "1"] if output == "csv" else ['[{"range":0},', '{"range":1}]'])
        begin = time.time()
        result = subprocess.run([BINARY, "sql", "--data-dir", str(data), *flags, "--output", output, ENDLESS], cwd=ROOT, env=environment(),
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        checks.equal(f"{way}: {output} of what runs too long ends with 1", result.returncode, 1)
        checks.check(f"{way}: and says that, and what sets the time", "4 s (sql.time_limit)" in result.stderr, result.stderr[-300:])
        checks.check(f"{way}: soon after the time is up", time.time() - begin < 12, time.time() - begin)
    checks.equal(f"{way}: no rows are an empty list", sql(data, *flags, "--output", "json", "select 1 as a where false").stdout, "[]\n")
    checks.equal(f"{way}: or names alone", sql(data, *flags, "--output", "csv", "select 1 as a where false").stdout, "a\n")
    table = sql(data, *flags, "--set", "sql.max_rows=100000", LONG)
    checks.check(f"{way}: a table that is too long for one says so", table.stdout.rstrip().endswith("100000 rows") and "--output csv" in table.stderr, table.stderr)
    for statement in ("-- what it asks\nselect 1 as a", "--select 2\nselect 1 as a", "-- a comment only", "/* what */ select 1 as a"):
        result = sql(data, *flags, "--output", "csv", statement, check=False)
        wanted = (1, "") if "only" in statement else (0, "a\n1\n")
        checks.equal(f"{way}: a statement may begin with a comment: {statement!r}", (result.returncode, result.stdout), wanted)
    for view in VIEWS:
        result = sql(data, *flags, "--output", "json", f"select * from {view}", check=False)
        checks.check(f"{way}: {view} goes by its own name", result.returncode == 0 and isinstance(json.loads(result.stdout), list), result.stderr)
    for table in ("event", "quarantine", "stay_record", "nothing", "duckdb_settings"):
        result = sql(data, *flags, f"select * from {table}", check=False)
        checks.check(f"{way}: {table} without its schema is no table of gold", result.returncode == 1 and "schema" in result.stderr, result.stderr)


def cut(checks, process, data):
    """A caller who takes no trailers must not take a part of an answer for the whole."""
    token = json.loads((data / "run/endpoint.json").read_text())["token"]
    connection = http.client.HTTPConnection("127.0.0.1", process.port, timeout=30)
    connection.request("POST", "/api/v1/sql", json.dumps({"sql": ENDLESS}),
                       {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Accept": "text/csv"})
    answer = connection.getresponse()
    size = 0
    try:
        while piece := answer.read(1 << 20):
            size += len(piece)
        ended = "as if it were whole"
    except (http.client.IncompleteRead, ConnectionError):
        ended = "broken off"
    checks.equal("an answer that is stopped breaks off", (answer.status, ended), (200, "broken off"))
    checks.check("after what there was of it", size > 1 << 20, size)
    connection.close()
    left = http.client.HTTPConnection("127.0.0.1", process.port, timeout=30)
    for _ in range(4):
        left.request("POST", "/api/v1/sql", json.dumps({"sql": ENDLESS}),
                     {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Accept": "text/csv"})
        left.getresponse().read(1000)
        left.close()
    begin = time.time()
    checks.equal("readers who go away hold no one up", sql(data, "--output", "csv", "select 1 as a").stdout, "a\n1\n")
    checks.check("for longer than the time limit", time.time() - begin < 10, time.time() - begin)


def stopped(checks, data):
    """A stop waits for nobody's statement, and who asked is told."""
    for name, *arguments in (("rows", "--output", "csv", ENDLESS), ("one row", "select sum(a.range * b.range) from range(10000000) as a, range(1000000) as b")):
        with Process(data, "--no-simulator") as process:
            asking = subprocess.Popen([BINARY, "sql", "--data-dir", str(data), *arguments], cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL,
                                      stderr=subprocess.PIPE, text=True)
            time.sleep(1.5)
            status, seconds = process.stop(30)
            told = asking.communicate(timeout=30)[1]
            checks.check(f"a stop in the middle of a long answer of {name} takes no longer than any other", status == 0 and seconds < 5.5, f"{status} {seconds:.1f} s")
            checks.check("and the answer ends as a failure", asking.returncode == 1 and "shutting down" in told, f"{asking.returncode} {told}")


def memory(checks, data):
    """Ten times the rows take no more memory; the answer is 100 MB."""
    def peak(rows):
        arguments = [BINARY, "sql", "--data-dir", str(data), "--output", "json", f"select range as n, repeat as text from range({rows}), (select 'x' || uuid() as repeat)"]
        process = subprocess.Popen(arguments, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        return status, usage.ru_maxrss / 1024
    (few_status, few), (many_status, many) = peak(100_000), peak(2_000_000)
    print(f"peak {few:.0f} MB with 100,000 rows, {many:.0f} MB with 2,000,000", flush=True)
    checks.equal("a long answer is written to its end", (few_status, many_status), (0, 0))
    checks.check("and takes no more memory than a short one", many < few + 60, f"{few:.0f} {many:.0f}")


if __name__ == "__main__":
    main()
