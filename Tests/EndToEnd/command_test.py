#!/usr/bin/env python3
"""The command line as a new user meets it: what is wrong is said with what to do, every table comes in three forms, models are tested,
and the first event is sent by copying what the page of an empty store shows."""
import csv, io, json, pathlib, re, shutil, subprocess, sys, time
from support import Checks, Process, command, environment, folder, ROOT, ask

sys.path.insert(0, str(ROOT / "Tests/EndToEnd/browser"))

# what is typed, the exit status, what the answer must lead to
WRONG = [
    (["rnu"], 64, "did you mean run?"),
    (["models", "chekc"], 64, "did you mean check?"),
    (["run", "--prot", "80"], 64, "--port"),
    (["run", "--port", "abc"], 64, "run --help"),
    (["run", "--port", "99999", "--data-dir", "HOME/a"], 64, "0 to 65535"),
    (["run", "--set", "lakehouse.memry_limit=1GB"], 64, "did you mean lakehouse.memory_limit?"),
    (["run", "--set", "port=1"], 64, "did you mean server.port?"),
    (["run", "--set", "lakehouse.memory_limit"], 64, "KEY=VALUE"),
    (["run", "--set", "lakehouse.memory_limit=lots"], 64, "such as 64MB"),
    (["run", "--history", "soon"], 64, "14d"),
    (["run", "--simulator", "--scenario", "quake", "--data-dir", "HOME/b"], 64, "flu-surge"),
    (["run", "--config", "HOME/nothing.yaml"], 64, "HOME/nothing.yaml"),
    (["run", "--models", "HOME/nothing", "--data-dir", "HOME/c"], 1, "--models"),
    (["run", "--set", "network_file=HOME/nothing", "--data-dir", "HOME/c"], 1, "network_file"),
    (["sql"], 64, 'patientflow sql [<options>] "SELECT'),
    (["sql", "select 1", "--data-dir", "HOME/d"], 1, "--data-dir"),
    (["ingest", "HOME/nothing.ndjson", "--data-dir", "HOME/e"], 1, "HOME/nothing.ndjson"),
    (["rebuild", "bronze"], 64, "'silver' and 'gold'"),
    (["quality", "--output", "xml"], 64, "'table', 'json' or 'csv'"),
    (["hub", "show", "--data-dir", "HOME/f"], 1, "--data-dir"),
    (["quarantine", "show"], 64, "<partition> <offset>"),
    (["quarantine", "replay", "3"], 64, "a partition and an offset"),
    (["models", "test", "gold.dim_tim"], 64, "did you mean gold.dim_time?"),
    (["simulate", "--to", "HOME/nothing/file"], 1, "HOME/nothing/file"),
]


def main():
    checks = Checks()
    with folder() as home:
        home = pathlib.Path(home)
        wrong(checks, home)
        data = home / "data"
        with Process(data, "--no-simulator") as process:
            first_event(checks, process, data)
            tables(checks, data)
        models(checks, home)
    checks.end()


def wrong(checks, home):
    for arguments, status, lead in WRONG:
        shown = " ".join(arguments).replace("HOME/", "")
        result = command(*[a.replace("HOME", str(home)) for a in arguments], check=False, timeout=30)
        text = " ".join((result.stderr + result.stdout).split())
        checks.equal(f"`{shown}` ends with {status}", result.returncode, status)
        checks.check(f"`{shown}` leads to “{lead.replace('HOME/', '')}”", lead.replace("HOME", str(home)) in text, text[:400])
        checks.check(f"`{shown}` says it in a few lines, without a trace", len(text) < 700 and "Error Domain" not in text and ".swift" not in text, text)
    checks.equal("and what was refused made no folder", sorted(p.name for p in home.iterdir()), [])
    for name in ("PATIENTFLOW_SERVER_PROT", "PATIENTFLOW_LOG_LEVLE"):
        result = subprocess.run([*command_line(), "config", "check"], cwd=ROOT, env=environment() | {name: "1"}, capture_output=True, text=True)
        checks.check(f"the variable {name} gets the nearest name", result.returncode == 64 and "did you mean PATIENTFLOW_" in result.stderr, result.stderr)


def command_line():
    from support import BINARY
    return [BINARY]


def first_event(checks, process, data):
    """In a browser, since the page writes the command; it runs in a shell as it stands."""
    from browser import Browser

    browser = Browser(process.url, None)
    try:
        browser.resize(1280)
        browser.open("", settled=False)
        text = browser.wait("return document.querySelector('#first-event pre')?.textContent", "the command of the first event")
        result = subprocess.run(["bash", "-c", text], capture_output=True, text=True, timeout=30)
        checks.equal("the command of the page runs as it stands", (result.returncode, result.stdout), (0, ""))
        filled = browser.wait("return !document.body.classList.contains('has-no-events') && !!document.querySelector('.tile')", "the page to fill by itself")
        checks.check("and the page fills by itself", filled)
    finally:
        browser.close()
    process.wait_committed()
    checks.equal("the patient is in gold", ask(data, "select hospital_id, department, bed_id from gold.fact_patient_flow"),
                 [{"hospital_id": 1, "department": "Cardiology", "bed_id": "12"}])
    shown = re.search(r"^curl .*?^\}'$", (ROOT / "README.md").read_text(), re.M | re.S)
    checks.check("the README shows a first event too", shown)
    sent = shown.group(0).replace("127.0.0.1:8080", f"127.0.0.1:{process.port}") if shown else "false"
    result = subprocess.run(["bash", "-c", sent], capture_output=True, text=True, timeout=30)
    process.wait_committed()
    checks.check("which is acknowledged with 201", " 201 " in result.stdout.split("\n")[0], result.stdout + result.stderr)


def tables(checks, data):
    for arguments in (["quality"], ["quarantine", "list"], ["sql", "select 1 as a, null as b, 'x' as c"], ["models", "list"], ["models", "graph", "gold.dim_time"],
                      ["config", "show"], ["models", "test", "gold.dim_time"], ["doctor"]):
        name = " ".join(arguments)
        out = {form: command(*arguments, "--data-dir", data, "--output", form).stdout for form in ("table", "json", "csv")}
        rows = json.loads(out["json"])
        lines = list(csv.reader(io.StringIO(out["csv"])))
        checks.check(f"{name}: JSON and CSV hold the same rows", len(rows) == len(lines) - 1 and all(set(row) == set(lines[0]) for row in rows), out)
        checks.check(f"{name}: the table says how many", out["table"].rstrip().endswith("1 row" if len(rows) == 1 else f"{len(rows)} rows"), out["table"][-100:])


def models(checks, home):
    whole = command("models", "test").stdout
    checks.check("models test passes on what is shipped", re.search(r"^\d{2,} passed, 0 failed$", whole, re.M), whole[-300:])
    other = subprocess.run([sys.executable, "Tests/Models/run_models.py", "--engine", "duckdb"], cwd=ROOT, capture_output=True, text=True).stdout
    checks.equal("and counts the cases that the other harness counts", whole.strip().split(",")[0], other.strip().split("\n")[-1].split(",")[0])
    mine = home / "models"
    shutil.copytree(ROOT / "models", mine)
    broken = mine / "views/vw_bed_turnover_rate.yml"
    spoiled = mine / "gold/dim_time.sql"
    spoiled.write_text(spoiled.read_text().replace("between 7 and 14", "between 8 and 14"))
    result = command("models", "test", "gold.dim_time", "--models", mine, check=False)
    checks.equal("a changed meaning fails", result.returncode, 1)
    checks.check("with the case, what was expected and what was found", all(w in result.stdout for w in ("FAILED  gold.dim_time", "no row like", "found {")), result.stdout)
    for text, problem in (("select nonsense from gold.clock", "nonsense"), ("selct 1", "syntax")):
        (mine / "views/vw_bed_turnover_rate.sql").write_text(text)
        result = command("models", "check", "--models", mine, check=False)
        checks.check(f"models check refuses `{text}` and names the file", result.returncode == 1 and "vw_bed_turnover_rate" in result.stderr and problem in result.stderr, result.stderr)
    broken.write_text("model: [")
    result = command("models", "test", "--models", mine, check=False)
    checks.check("a definition that is no YAML is named", result.returncode == 1 and "vw_bed_turnover_rate" in result.stderr, result.stderr)
    graph = command("models", "graph").stdout
    checks.check("models graph is a graph", graph.startswith("digraph") and '"silver.movement" -> "gold.fact_patient_flow"' in graph, graph[:200])


if __name__ == "__main__":
    main()
