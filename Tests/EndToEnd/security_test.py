#!/usr/bin/env python3
"""Who may reach what: addresses and authentication, headers, no patient identifier in logs, metrics, addresses or errors, and users' SQL that
tries to read files, to write, to see bronze or to keep the process busy."""
import json, pathlib, re, signal, threading, time, urllib.parse
from support import Checks, Process, ask, command, folder, free_port

SECRETS = ["MRN-7A11CE", "VISIT-5EC4E7", "EVENT-C0FFEE", "BED-D15EA5E", "Wardrobe-N4RN1A"]
STAY = {"event_id": SECRETS[2], "event_time": "2026-05-01T10:00:00Z", "hospital_id": 2, "patient_id": SECRETS[0], "encounter_id": SECRETS[1], "gender": "Female",
        "age": 44, "department": "Cardiology", "bed_id": SECRETS[3], "admission_time": "2026-05-01T09:00:00Z", "discharge_time": "2030-01-01T00:00:00Z",
        "name": SECRETS[4]}

# Each of these must be refused without the right to see raw events.
REFUSED = {
    "files": [
        "select * from read_csv('/etc/passwd')", "select * from read_csv_auto('/etc/passwd')", "select * from read_text('/etc/passwd')",
        "select * from read_blob('/etc/passwd')", "select * from read_json('/etc/passwd')", "select * from read_json_objects('/etc/passwd')",
        "select * from read_ndjson('/etc/passwd')", "select * from read_parquet('/etc/passwd')", "select * from sniff_csv('/etc/passwd')",
        "select * from glob('/etc/*')", "select * from '/etc/passwd'", 'select * from "/etc/passwd"', "from '/etc/passwd'", "select * from '/etc/passwd.csv' as t",
        "select * from parquet_scan('x')", "select * from parquet_metadata('x')", "describe select * from '/etc/passwd'", "summarize '/etc/passwd'",
        "with t as (from read_text('/etc/hostname')) from t", "select (select content from read_text('/etc/hostname'))",
        "select * from range(1) r(i), lateral (select * from read_text('/etc/hostname'))", "select list_transform([1], x -> (select content from read_text('/etc/hostname')))",
        "select * from query('from read_text(''/etc/hostname'')')", "select * from query_table('/etc/hostname')", "select getenv('PATH')", "select GetEnv('HOME')",
        "select current_setting('secret_directory')", "select getvariable('x')", "select * from duckdb_settings()", "select * from duckdb_secrets()",
        "select * from which_secret('x', 's3')", "select * from pragma_database_list()", "select * from duckdb_temporary_files()", "select * from duckdb_logs()",
        "select * from read_duckdb('x')", "select * from sqlite_scan('x', 'y')", "select * from arrow_scan(1, 2, 3)", "select * from test_all_types()",
    ],
    "writing": [
        "copy gold.clock to '/tmp/patientflow-stolen.csv'", "copy (select 1) to '/tmp/patientflow-stolen.csv'", "export database '/tmp/patientflow-stolen'",
        "import database '/tmp/x'", "attach '/tmp/x.db'", "attach ':memory:' as m", "detach m", "use memory", "install httpfs", "load httpfs", "force install httpfs",
        "insert into gold.clock select * from gold.clock", "update gold.clock set batch = 0", "delete from gold.clock", "truncate gold.clock", "drop table gold.clock",
        "drop schema gold cascade", "create table t (a int)", "create or replace view gold.vw_bed_occupancy as select 1", "create temp table t as select 1",
        "create macro m() as 1", "create function f(x) as x", "create secret (type s3)", "create sequence s", "alter table gold.clock rename to c",
        "comment on table gold.clock is 'x'", "vacuum", "analyze", "checkpoint", "force checkpoint", "begin", "commit", "rollback", "set threads = 8",
        "set enable_external_access = true", "set global memory_limit = '1TB'", "reset memory_limit", "pragma database_list", "pragma enable_profiling",
        "pragma memory_limit='1TB'", "call pragma_version()", "call enable_logging()", "call dbgen(sf = 1)", "prepare p as select 1", "execute p", "deallocate p",
        "set variable x = 1", "with d as (delete from gold.clock returning *) select * from d", "merge into gold.clock using gold.clock c on true when matched then delete",
        "select nextval('s')", "explain analyze delete from gold.clock", "explain insert into gold.clock select * from gold.clock", "select write_log('x')",
        "select 1; drop table gold.clock", "select 1;; select 2", "select 1) as a; drop table gold.clock; select * from (select 1", "select 1 -- \n; drop table gold.clock",
        "/* */ delete from gold.clock /* */", "select setseed(0.5)", "select * from force_checkpoint()",
    ],
    "bronze": [
        "select * from bronze.event", 'select * from "bronze"."event"', "select * from BRONZE.Event", "from bronze.event", "table bronze.event",
        "select * from/**/bronze/**/./**/event", "select * from bronze . event", "select 1 from bronze.event e -- gold", "select * from \"patient-flow\".bronze.event",
        "with e as (select * from bronze.event) select * from e", "with recursive e as (select 1 as n union all select 2 from bronze.event) select * from e",
        "with event as (select 1) select * from bronze.event", "with bronze as (select 1 as event) select * from bronze.event",
        "with a as materialized (with b as (from bronze.event) from b) from a", "select (select count(*) from bronze.event)", "select exists(from bronze.event)",
        "select 1 where 1 in (select hub_offset from bronze.event)", "select array(select body from bronze.event)", "select * from gold.clock, bronze.event",
        "select * from gold.clock union all by name select * from bronze.event", "select * from gold.clock join lateral (from bronze.event) on true",
        "select * from gold.clock semi join bronze.event on true", "select * from gold.clock order by (select max(hub_offset) from bronze.event)",
        "select * from gold.clock limit (select count(*) from bronze.event)", "select * from gold.clock limit 1 offset (select count(*) from bronze.event)",
        "select sum(1) over (order by (select max(hub_offset) from bronze.event))", "select sum(1) filter (where exists (from bronze.event)) from gold.clock",
        "select case when (select count(*) from bronze.event) > 0 then error('x') end", "select * from gold.clock qualify exists (from bronze.event)",
        "select * from gold.clock having exists (from bronze.event)", "select count(*) from gold.clock group by (select max(hub_offset) from bronze.event)",
        "select columns(c -> c in (select 'x' from bronze.event)) from gold.clock", "pivot bronze.event on hub_partition using count(*)",
        "unpivot bronze.event on hub_offset into name n value v", "from (pivot bronze.event on hub_partition using count(*))", "values ((select count(*) from bronze.event))",
        "from (values ((select count(*) from bronze.event))) t", "select * from generate_series(1, (select count(*) from bronze.event))",
        "select * from range((select max(hub_offset) from bronze.event))", "select unnest((select list(body) from bronze.event))",
        "select list_transform([1], x -> (select count(*) from bronze.event))", "select * from unnest((select list(body) from bronze.event))",
        "describe bronze.event", "summarize bronze.event", "summarize select * from bronze.event", "describe select * from bronze.event", "show bronze.event",
        "select * from (describe bronze.event)", "select * from (summarize bronze.event)", "explain select * from bronze.event", "explain analyze select * from bronze.event",
        "select * from query('from bronze.event')", "select * from query_table('bronze.event')", "select * from query_table(['bronze.event'])",
        "select * from query('from bron' || 'ze.event')", "select json_execute_serialized_sql(json_serialize_sql('from bronze.event'))",
        "from json_execute_serialized_sql(json_serialize_sql('from bronze.event'))", "select * from silver.quarantine", "select * from Silver.\"quarantine\"",
        "select * from duckdb_tables()", "select * from duckdb_columns()", "select * from duckdb_views()", "select * from duckdb_constraints()",
        "select * from pragma_storage_info('bronze.event')", "select * from pragma_table_info('bronze.event')", "select * from storage_info('bronze.event')",
        "select stats((select body from bronze.event limit 1))", "select * from seq_scan('bronze.event')", "select * from duckdb_approx_database_count()",
        "select * from event", "select * from main.event", "select * from ops.meta", "select * from hot.movement", "select * from cold.movement", "select * from delta.drift",
        "select * from temp.n_stay_record", "select * from n_stay_record", "select * from pg_catalog.pg_tables", "select * from sqlite_master", "select * from duckdb_queries()",
        "select * from system.information_schema.tables", "select * from bronze\u200b.event", "select * from \uff42ronze.event", "select * from bronze.event\x00",
        "(((select * from bronze.event)))", "select * from bronze.event for update", "select * from bronze.event tablesample 1%", "select * from bronze.event at (version => 1)",
        "select event.body from bronze.event positional join gold.clock", "select * from (from bronze.event select body)", "select * from gold.clock asof join bronze.event on now >= enqueued_at",
        "select * exclude (body) from bronze.event", "select * replace ((select 1 from bronze.event) as batch) from gold.clock", "select bronze.event.body from bronze.event",
        "select * from silver.quarantine_", "select * from current_query()", "select current_query()",
    ],
}

# Each of these is allowed; the guard must not be so strict that it is of no use.
ALLOWED = [
    "select 1", "select count(*) from gold.fact_patient_flow", "from gold.clock", "with a as (select 1 as n) select n + 1 from a", "select * from range(3)",
    "select count(*) from information_schema.tables where table_schema = 'gold'", "show all tables", "describe gold.clock", "explain select * from gold.clock",
    "select list_transform([1, 2], x -> x + 1)", "select 'bronze.event' as t", "select \"now\" from gold.clock -- bronze.event", "select * from gold.clock;",
    "select regexp_replace('read_csv(x)', 'x', 'y')", "select * from generate_series(1, 3)",
]

BOMBS = {
    "rows without end": "select count(*) from range(1000000000000) a, range(1000000000000) b",
    "a recursion without end": "with recursive r as (select 1 as n union all select n + 1 from r) select max(n) from r",
    "a sort of too much": "select * from range(100000000000) t(i) order by hash(i) limit 1 offset 100000000",
    "an aggregate of too much": "select count(*) from (select distinct hash(i) from range(100000000000) t(i))",
    "a list of too much": "select length(list(i)) from range(100000000000) t(i)",
    "a text of too much": "select length(string_agg(hash(i)::varchar, '')) from range(100000000000) t(i)",
    "a text made at once": "select length(repeat('x', 4000000000))",
    "a text padded at once": "select length(lpad('x', 2000000000, 'y'))",
    "a text made by a format": "select length(printf('%2000000000d', 1)), length(format('{:>2000000000}', 1))",
    "a list made at once": "select length(range(4000000000))",
    "a pattern": "select count(*) from range(100000000) t(i) where regexp_matches(hash(i)::varchar || hash(i + 1)::varchar, '(1*)*(2*)*(.*)*(3*)*x')",
    "depth": "select " + "(" * 3000 + "1" + ")" * 3000,
    "many joins": "select count(*) from " + ", ".join(f"range(10) t{i}" for i in range(40)),
    "length": "select " + "1 + " * 40000 + "1",
}


def memory(process):
    """Resident bytes of the process."""
    fields = pathlib.Path(f"/proc/{process.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", fields).group(1)) * 1024


def sql(process, statement, token, **more):
    body = json.dumps({"sql": statement, **more}).encode()
    return process.request("/api/v1/sql", body, {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}, timeout=60)


def statements(checks, process):
    endpoint = json.loads((pathlib.Path(process.data) / "run/endpoint.json").read_text())
    token, restricted = endpoint["token"], endpoint["restrictedToken"]
    checks.equal("SQL without a token is refused", process.request("/api/v1/sql", b'{"sql":"select 1"}', {"Content-Type": "application/json"})[0], 401)
    checks.equal("the tokens are only their owner's to read", (pathlib.Path(process.data) / "run/endpoint.json").stat().st_mode & 0o777, 0o600)
    for kind, attempts in REFUSED.items():
        got_in = []
        for statement in attempts:
            status, _, body = sql(process, statement, token)
            if not 400 <= status < 500 or any(s.encode() in body for s in SECRETS) or b"root:" in body:
                got_in.append((statement, status, body[:200]))
        checks.equal(f"SQL: {len(attempts)} ways to {kind} are refused", got_in, [])
    # the search for a name under any spelling: nothing of an event's content may come back, whatever the answer is
    leaks = []
    for statement in ["select * from information_schema.tables", "select * from information_schema.columns", "show all tables", "select * from gold.quality_counts",
                      "select * from gold.drift", "select * from silver.stay_record", "select * from silver.movement_record", "select * from silver.movement",
                      "select * from gold.fact_patient_flow", "select * from gold.dim_patient"]:
        body = sql(process, statement, token)[2]
        # a bed and a department are no patient's identifier and are shown
        leaks += [(statement, secret) for secret in SECRETS[:3] + SECRETS[4:] if secret.encode() in body]
    checks.equal("SQL: no identifier is in any table that may be read", leaks, [])
    for statement in ALLOWED:
        status, _, body = sql(process, statement, token)
        checks.equal(f"SQL can: {statement[:60]}", (status, body[:200] if status != 200 else b""), (200, b""))
    status, _, body = sql(process, "select try(decode(body)) as b from bronze.event where contains(try(decode(body)), 'MRN')", restricted)
    checks.check("SQL: with the explicit right bronze is seen", status == 200 and SECRETS[0].encode() in body, body[:200])
    refused = [s for s in REFUSED["files"] + REFUSED["writing"] if sql(process, s, restricted)[0] == 200]
    checks.equal("SQL: and even then no file is read and nothing written", refused, [])
    checks.check("SQL: nothing was written beside the data folder", not pathlib.Path("/tmp/patientflow-stolen.csv").exists()
                 and not pathlib.Path("/tmp/patientflow-stolen").exists())


def bombs(checks, process):
    endpoint = json.loads((pathlib.Path(process.data) / "run/endpoint.json").read_text())
    peak, watching = [0], threading.Event()

    def watch():
        while not watching.is_set():
            peak[0] = max(peak[0], memory(process))
            time.sleep(0.05)

    before = memory(process)
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    # What a statement took may stay with the allocator until the next needs it: at any moment up to a gigabyte, by chance.
    # A leak shows in the least that a round comes down to, and the first round is the one that takes.
    least = []
    for name, statement in [*BOMBS.items()] * 3:
        if name == next(iter(BOMBS)):
            least.append(memory(process))
        begin = time.time()
        status, _, body = sql(process, statement, endpoint["token"])
        seconds = time.time() - begin
        checks.check(f"SQL bomb, {name}: is stopped", seconds < 6, f"{seconds:.1f} s, {status} {body[:100]}")
        posted = process.post(dict(STAY, event_id=f"bomb-{name}"))
        checks.equal(f"SQL bomb, {name}: events are taken", posted, 201)
        process.wait_committed(20)
        least[-1] = min(least[-1], memory(process))
    watching.set()
    watcher.join()
    time.sleep(1)
    after = memory(process)
    rounds = ", ".join(f"{level / 1e6:.0f}" for level in least)
    print(f"memory before {before / 1e6:.0f} MB, peak {peak[0] / 1e6:.0f} MB, least of each round {rounds} MB, after {after / 1e6:.0f} MB", flush=True)
    checks.check("SQL bombs: memory stays bounded", peak[0] < before + 1500e6, f"peak {peak[0] / 1e6:.0f} MB")
    checks.check("SQL bombs: a third round takes no more than the second", least[2] < least[1] + 450e6, f"least of each round {rounds} MB")
    checks.equal("SQL bombs: the process is well", process.request("/readyz")[0], 200)


def silence(checks, process, home):
    """Good and bad requests with known identifiers in every place where a sender or a reader can put one; then a search for them."""
    answers = []

    def ask_for(path, body=None, headers=None, method=None):
        status, got, text = process.request(path, body, headers, method)
        answers.append((path.split("?")[0][:40], status, json.dumps(got).encode() + text))

    secret = SECRETS[0]
    raw = json.dumps(STAY).encode()
    ask_for("/patient-flow/messages", raw)
    for body in [raw[:-1], raw.replace(b"2026-05-01T09", b"26-May nine"), raw.replace(b'"hospital_id": 2', b'"hospital_id": 99'), raw + b"\xff",
                 raw.replace(b'"age": 44', f'"age": "{secret}"'.encode()), secret.encode(),
                 json.dumps(dict(STAY, type="teleport")).encode(), raw * 5000]:
        ask_for("/patient-flow/messages", body)
        ask_for("/patient-flow/messages", body, {"Content-Type": "application/vnd.microsoft.servicebus.json"})
        ask_for("/api/v1/sql", body, {"Content-Type": "application/json"})
    ask_for("/patient-flow/messages", raw, {"BrokerProperties": secret})
    ask_for("/patient-flow/messages", raw, {"BrokerProperties": json.dumps({"PartitionKey": secret, "MessageId": secret})})
    ask_for("/patient-flow/messages", raw, {"Authorization": f"SharedAccessSignature sr={secret}&sig={secret}&se=1&skn={secret}"})
    ask_for("/patient-flow/messages", raw, {"Host": secret})
    ask_for("/patient-flow/messages", raw, {"Origin": f"http://{secret}"})
    for name in ["hospital", "department", "gender", "age_band", "from", "to", "period"]:
        for path in ["/api/v1/now", "/api/v1/stays", "/api/v1/census", "/api/v1/quality", "/api/v1/flow", "/api/v1/events"]:
            if path != "/api/v1/events" or name == "hospital":
                ask_for(f"{path}?{name}={urllib.parse.quote(secret)}")
    endpoint = json.loads((pathlib.Path(process.data) / "run/endpoint.json").read_text())
    for statement in [f"select '{secret}'::int", f"select * from gold.\"{secret}\"", f"select {secret}(1)", f"select * from read_csv('{secret}')", f"selekt '{secret}'",
                      f"select * from gold.clock where department = '{secret}'"]:
        status, _, _ = sql(process, statement, endpoint["token"])  # goes back to who asked, and nowhere else
        checks.check(f"SQL that names a patient fails: {status}", 400 <= status < 500)
    (home / f"{secret}.ndjson").write_bytes(raw + b"\n" + b"x" * 1_100_000 + secret.encode() + b"\n" + raw[:-5] + b"\n")
    command("ingest", "--data-dir", process.data, home / f"{secret}.ndjson")
    process.wait_committed()
    for path in ["/metrics", "/healthz", "/readyz", "/api/v1/now", "/api/v1/pipeline", "/api/v1/quality", "/openapi.yaml", "/"]:
        ask_for(path)
    unasked = [(path, status, s) for path, status, text in answers for s in SECRETS[:3] if s.encode() in text]
    checks.equal(f"no identifier is in any of {len(answers)} answers, headers and metrics", unasked, [])
    return answers


def searched(checks, name, log):
    found = [(s, [line for line in log.splitlines() if s in line][:2]) for s in SECRETS if s in log]
    checks.equal(f"no identifier is in the log ({name})", found, [])
    checks.check(f"no query string is in the log ({name})", not re.search(r"\?[a-z_]+=", log), "")


def headers(checks, process):
    for path in ["/", "/api/v1/now", "/metrics", "/nothing-there"]:
        got = process.request(path)[1]
        policy = got.get("Content-Security-Policy", "")
        checks.check(f"{path}: the Content-Security-Policy is strict", "default-src 'self'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
                     and "*" not in policy and "http" not in policy and "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy, policy)
        checks.equal(f"{path}: types are not guessed, nothing is told on", (got.get("X-Content-Type-Options"), got.get("Referrer-Policy")), ("nosniff", "no-referrer"))
    page = process.request("/")[2].decode()
    checks.check("the page has no script or style of its own in it, and loads from here only",
                 not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|javascript:|(src|href)=\"(https?:)?//", page), "")
    checks.check("another name in the Host header is refused", process.request("/api/v1/now", headers={"Host": "evil.example"})[0] in (400, 403, 421))
    checks.check("a page of another site may not send", process.request("/patient-flow/messages", b"{}", {"Origin": "https://evil.example"})[0] == 403)
    for path in ["/../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd", "/vendor/../../config/hospitals.yaml", "//etc/passwd", "/%00"]:
        status, _, body = process.request(path)
        checks.check(f"no file beside the dashboard's: {path}", status in (400, 403, 404) and b"root:" not in body, f"{status}")


def addresses(checks, home):
    tokens, keys, empty = home / "tokens", home / "keys", home / "empty"
    tokens.write_text("reader-token-0123456789\n")
    keys.write_text("sender sender-key-0123456789\n")
    empty.write_text("# nobody yet\n\n")
    both = ["--set", f"server.tokens_file={tokens}", "--set", f"intake.keys_file={keys}"]
    for address in ["0.0.0.0", "::", "0", "127.0.0.1.example.org"]:
        for name, options in [("without any authentication", []), ("without the senders' keys", both[:2]), ("without the readers' tokens", both[2:]),
                              ("with an empty file of keys", [*both[:2], "--set", f"intake.keys_file={empty}"]),
                              ("with an empty file of tokens", ["--set", f"server.tokens_file={empty}", *both[2:]])]:
            if address != "0.0.0.0" and name != "without any authentication":
                continue
            result = command("run", "--data-dir", home / "refused", "--no-simulator", "--host", address, "--port", free_port(), *options, check=False, timeout=30)
            checks.check(f"{address} {name} is refused with the reason", result.returncode == 1 and re.search("authentication|no entry", result.stderr),
                         f"{result.returncode} {result.stderr[-300:]}")
    with Process(home / "open", "--no-simulator", "--host", "0.0.0.0", *both, wait=0) as process:
        process.wait_ready(path="/healthz")
        reader, sender = {"Authorization": "Bearer reader-token-0123456789"}, {"Authorization": "Bearer sender-key-0123456789"}
        for path in ["/", "/api/v1/now", "/api/v1/events", "/metrics", "/openapi.yaml"]:
            checks.equal(f"with authentication: {path} needs a token", process.request(path)[0], 401)
        checks.equal("with authentication: a token opens it", process.request("/api/v1/now", headers=reader)[0], 200)
        checks.equal("with authentication: a sender's key does not", process.request("/api/v1/now", headers=sender)[0], 401)
        raw = json.dumps(STAY).encode()
        checks.equal("with authentication: sending needs a key", process.request("/patient-flow/messages", raw)[0], 401)
        checks.equal("with authentication: a reader's token is none", process.request("/patient-flow/messages", raw, reader)[0], 401)
        checks.equal("with authentication: a wrong key is none", process.request("/patient-flow/messages", raw, {"Authorization": "Bearer x"})[0], 401)
        checks.equal("with authentication: the right key is", process.request("/patient-flow/messages", raw, sender)[0], 201)
        (home / "file").write_bytes(raw + b"\n")
        command("ingest", "--data-dir", home / "open", home / "file")
        checks.equal("with authentication: this machine's own `ingest` is", ask(home / "open", "select count(*) as n from gold.clock")[0]["n"], 1)
        log = process.log_text()
        checks.check("no token or key is in the log", "0123456789" not in log)


def main():
    checks = Checks()
    with folder() as home:
        home = pathlib.Path(home)
        for form in ["text", "json"]:
            with Process(home / form, "--no-simulator", "--log-format", form, "--log-level", "trace", "--set", "sql.time_limit=2s") as process:
                silence(checks, process, home)
                if form == "text":
                    headers(checks, process)
                    statements(checks, process)
                    bombs(checks, process)
                    process.process.send_signal(signal.SIGINT)
                    process.process.wait(10)
                    checks.equal("SIGINT ends it as SIGTERM does", process.process.returncode, 0)
                searched(checks, f"{form}, trace", process.log_text())
        addresses(checks, home)
    checks.end()


if __name__ == "__main__":
    main()
