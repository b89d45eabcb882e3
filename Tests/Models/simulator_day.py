"""A full simulator day through every model on DuckDB and on Spark: each table and each view equal row for row.

The simulated network (both shapes, with dirt) is played over the day on which its clocks go forward, parsed by the generated
statements of Tests/Models/parse, then every silver and gold model and every view runs in order of what it reads. Rows are
compared whatever their order, with the types of their columns; doubles may differ by ULPS units in the last place.
usage: simulator_day.py [--seed 1] [--keep FOLDER]   ($PATIENTFLOW_TEST_BINARY: the binary that simulates)
"""

import argparse
import collections
import datetime
import math
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import time

import yaml

from engines import ROOT, DuckDB, Spark, model_sql, references, tables, view_names
from parse_parity import SECTIONS, sections

START = datetime.datetime(2026, 3, 29)
DAY = datetime.timedelta(days=1)
CLOCK = START + DAY + datetime.timedelta(minutes=30)  # the local day is over, so that views of complete days have one
PARTITIONS = 4
# A mean over hundreds of rows is summed in another order on each engine; counts, instants and medians of instants are exact.
ULPS = 16
SAID = re.compile(rb'"(?:recorded_at|event_time)":"(2026-[0-9T:.-]+Z)"')
INPUTS = {f"parsed.{name}" for name in SECTIONS} | {"silver.hospital_setting", "gold.clock", "bronze.event"}
# What Spark calls a type, by DuckDB's name for it.
TYPES = {"INTEGER": "int", "BIGINT": "bigint", "VARCHAR": "string", "BOOLEAN": "boolean", "DOUBLE": "double", "DATE": "date",
         "TIMESTAMP": "timestamp_ntz"}


def simulated(seed, folder):
    """The day as the simulator writes it: one event a line, some of them not even text."""
    path = folder / "day.ndjson"
    binary = os.environ.get("PATIENTFLOW_TEST_BINARY", str(ROOT / ".build/release/patientflow"))
    subprocess.run([binary, "simulate", "--seed", str(seed), "--start", f"{START.isoformat()}Z", "--history", "1d", "--shape", "mixed",
                    "--dirt", "realistic", "--to", str(path)], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    return path.read_bytes().splitlines()


def events(lines):
    """(partition, offset, enqueued_at, body): enqueued when the record says that it was written, never before the one ahead of it."""
    enqueued = START
    for number, body in enumerate(lines):
        said = SAID.search(body)
        if said:
            try:
                instant = datetime.datetime.fromisoformat(said.group(1).decode().rstrip("Z"))
                if instant < START + DAY:
                    enqueued = max(enqueued, instant)
            except ValueError:
                pass  # one of the wrong times that the simulator strews in
        yield number % PARTITIONS, number // PARTITIONS, enqueued + datetime.timedelta(microseconds=number % 1000), body


def settings():
    """The hospitals of config/hospitals.yaml, as the runner writes them; the last one never confirms a discharge."""
    hospitals = yaml.safe_load((ROOT / "config/hospitals.yaml").read_text())["hospitals"]
    return [{"hospital_id": one["id"], "hospital_name": one["name"], "time_zone": one["time_zone"],
             "presume_discharge": one is hospitals[-1]} for one in hospitals]


def ordered():
    """Every silver and gold model, then every view, each after what it reads."""
    waiting = {name: references(model_sql(name)) for name in [*tables(), *view_names()] if name not in INPUTS}
    done, order = set(INPUTS), []
    while waiting:
        ready = sorted(name for name, read in waiting.items() if read <= done)
        if not ready:
            raise ValueError(f"these models wait for each other: {sorted(waiting)}")
        for name in ready:
            done.add(name)
            order.append(name)
            del waiting[name]
    return order


class OnDuckDB:
    def __init__(self, folder, found):
        self.engine = DuckDB()
        self.connection = engine = self.engine.connection
        for name, text in sections("duckdb"):
            if name == "prelude":
                engine.execute(text)
        engine.execute("create temp table given (hub_partition integer, hub_offset bigint, enqueued_at timestamp, body blob)")
        for at in range(0, len(found), 500):
            engine.executemany("insert into given values ($1, $2, $3, $4)", found[at:at + 500])
        engine.execute("create temp view event as select hub_partition, hub_offset, enqueued_at, body from given")
        engine.execute(f"copy given to '{folder}/event.parquet' (format parquet)")
        for name, text in sections("duckdb"):
            if name in SECTIONS:
                self.keep(f"parsed.{name}", text)

    def keep(self, name, sql):
        """Stores what a statement gives, in the statement's own types: the declared ones are compared with them later."""
        self.connection.execute(f"drop {'view' if name in view_names() else 'table'} if exists {name}")
        self.connection.execute(f"create table {name} as {sql}")

    def rows(self, name):
        columns = [(row[0], TYPES.get(row[1], row[1])) for row in self.connection.execute(f"describe {name}").fetchall()]
        return columns, self.connection.execute(f"select * from {name}").fetchall()


class OnSpark:
    def __init__(self, folder):
        self.folder, self.engine = folder, Spark()
        self.session = self.engine.session
        for name, text in sections("spark"):
            if name == "prelude":
                self.session.sql(text)
        self.session.read.parquet(f"{folder}/event.parquet").createOrReplaceTempView("event")
        for name, text in sections("spark"):
            if name in SECTIONS:
                self.keep(f"parsed.{name}", text)

    def keep(self, name, sql):
        """Stores what a statement gives, so that the next model's plan ends at a file and not at the bodies."""
        path = str(self.folder / name)
        self.session.sql(self.engine.local(sql)).coalesce(1).write.parquet(path)
        self.session.read.parquet(path).createOrReplaceTempView(self.engine.local(name))

    def rows(self, name):
        frame = self.session.table(self.engine.local(name))
        return frame.dtypes, [tuple(row) for row in frame.collect()]


def ulps(a, b):
    """How many doubles lie between two."""
    if a == b or (a is not None and b is not None and math.isnan(a) and math.isnan(b)):
        return 0
    if a is None or b is None or math.isnan(a) or math.isnan(b):
        return math.inf
    first, second = (struct.unpack("<q", struct.pack("<d", value))[0] for value in (a, b))
    first, second = (value if value >= 0 else -(value & 0x7FFFFFFFFFFFFFFF) for value in (first, second))
    return abs(first - second)


def apart(columns, rows):
    """The doubles of each row, by the rest of the row."""
    doubles = [i for i, (_, kind) in enumerate(columns) if kind == "double"]
    rest = [i for i in range(len(columns)) if i not in doubles]
    groups = collections.defaultdict(list)
    for row in rows:
        groups[tuple(row[i] for i in rest)].append(tuple(row[i] for i in doubles))
    for group in groups.values():
        group.sort(key=lambda values: [(value is None, value or 0.0) for value in values])
    return [columns[i][0] for i in doubles], groups


def differences(one, other):
    """What two results do not share, as sentences, and the greatest distance of two doubles that count as equal."""
    (columns, left), (other_columns, right) = one, other
    if columns != other_columns:
        return [f"columns on one side only: {[c for c in columns if c not in other_columns]} and {[c for c in other_columns if c not in columns]}"], 0
    problems, most = [], 0
    if len(left) != len(right):
        problems.append(f"{len(left)} rows on DuckDB, {len(right)} on Spark")
    names, first = apart(columns, left)
    _, second = apart(columns, right)
    for key in sorted(first.keys() | second.keys(), key=repr):
        a, b = first.get(key, []), second.get(key, [])
        if len(a) != len(b):
            problems.append(f"{len(a)} times on DuckDB, {len(b)} on Spark: {key}")
            continue
        for x, y in zip(a, b):
            distance = max((ulps(p, q) for p, q in zip(x, y)), default=0)
            most = max(most, distance if distance <= ULPS else 0)
            if distance > ULPS:
                problems.append(f"{[(n, p, q) for n, p, q in zip(names, x, y) if ulps(p, q) > ULPS]} in {key}")
    return problems, most


def declared(name):
    """The types TABLES.sql gives a table, in Spark's words; None for a view."""
    if name not in tables():
        return None
    return [(column, {"timestamp": "timestamp_ntz"}.get(kind, kind)) for column, kind in tables()[name]]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path, help="an empty folder for the day and Spark's tables, left there afterwards")
    arguments = parser.parse_args()
    passed = failed = 0

    def tell(name, problems):
        nonlocal passed, failed
        passed, failed = passed + (not problems), failed + bool(problems)
        print(f"FAIL {name}: {len(problems)} differences" if problems else f"ok   {name}")
        for problem in problems[:10]:
            print(f"     {problem:.400}")

    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or pathlib.Path(temporary)
        found = list(events(simulated(arguments.seed, folder)))
        duck, spark = OnDuckDB(folder, found), OnSpark(folder)
        total = sum(len(duck.rows(f"parsed.{name}")[1]) for name in SECTIONS)
        tell(f"a day of {len(found)} events, each parsed to one row", [] if total == len(found) > 5000 else [f"{total} rows"])
        seconds = collections.Counter()
        given = {
            "silver.hospital_setting": settings(),
            "gold.clock": [{"now": CLOCK, "is_simulated": True, "batch": 1, "committed_at": CLOCK}],
        }
        for name, rows in given.items():
            duck.engine.fill(name, rows)
            spark.engine.fill(name, rows)
        for name in [f"parsed.{section}" for section in SECTIONS] + ordered():
            if not name.startswith("parsed."):
                for side in (duck, spark):
                    began = time.perf_counter()
                    side.keep(name, model_sql(name))
                    seconds[type(side).__name__] += time.perf_counter() - began
            one, other = duck.rows(name), spark.rows(name)
            problems, most = differences(one, other)
            # the parse statements name their columns in the generator's order, the tables in ours
            order = sorted if name.startswith("parsed.") else list
            if declared(name) and order(one[0]) != order(declared(name)):
                problems.append(f"the columns of TABLES.sql are {declared(name)}")
            if not one[1]:
                problems.append("no rows: nothing was compared")
            tell(f"{name}: {len(one[1])} rows{f', doubles within {most} ulp' if most else ''}", problems)
        print(f"models: {seconds['OnDuckDB']:.1f} s on DuckDB, {seconds['OnSpark']:.1f} s on Spark")
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
