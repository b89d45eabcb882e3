"""The generated parse statements on Spark and on DuckDB over the same bodies: identical rows.

Reads Tests/Models/parse/{duckdb,spark}.sql and bodies.jsonl, which a Swift test holds to the generator. The Swift
parser is held to the DuckDB statement there, so that all three agree.
Usage: parse_parity.py [--engine both|duckdb]
"""

import argparse
import base64
import json
import pathlib
import sys

FOLDER = pathlib.Path(__file__).resolve().parent / "parse"
SECTIONS = ("stay", "movement", "department", "rejected")
FIRST_INSTANT = 1_700_000_000_000_000


def sections(engine):
    """The statements of a file: a list of (section, text)."""
    found = []
    for line in (FOLDER / f"{engine}.sql").read_text(encoding="utf-8").splitlines():
        if line.startswith("-- section: "):
            found.append((line.removeprefix("-- section: "), []))
        elif found:
            found[-1][1].append(line)
    return [(name, "\n".join(lines).strip().rstrip(";")) for name, lines in found]


def comparable(sql, columns):
    """The statement's columns as text that reads the same on both engines; instants as microseconds."""
    micros = {"TIMESTAMP": "epoch_us({0})", "timestamp_ntz": "unix_micros(cast({0} as timestamp_ltz))"}
    picked = ", ".join(f"cast({micros.get(kind, '{0}').format(name)} as string) as {name}" for name, kind in columns)
    return f"select {picked} from ({sql}) as parsed"


def rows_of_duckdb(bodies):
    import duckdb

    connection = duckdb.connect()
    connection.execute("create temp table event (hub_partition integer, hub_offset bigint, enqueued_at timestamp, body blob)")
    for offset in range(0, len(bodies), 500):
        part = [(offset + i, body) for i, body in enumerate(bodies[offset : offset + 500])]
        connection.executemany(
            f"insert into event select 3, $1, make_timestamp({FIRST_INSTANT} + $1 * 1000003), $2", part
        )
    answers = {}
    for name, sql in sections("duckdb"):
        if name == "prelude":
            connection.execute(sql)
            continue
        columns = [(row[0], row[1]) for row in connection.execute(f"describe {sql}").fetchall()]
        answers[name] = ([c for c, _ in columns], [canonical(columns, r) for r in connection.execute(comparable(sql, columns)).fetchall()])
    return answers


def rows_of_spark(bodies):
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.memory", "2g")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.timestampType", "TIMESTAMP_NTZ")
        .config("spark.sql.ansi.enabled", "true")
        .config("spark.sql.ansi.doubleQuotedIdentifiers", "true")
        .config("spark.sql.parser.escapedStringLiterals", "true")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    try:
        frame = spark.createDataFrame([(i, bytearray(b)) for i, b in enumerate(bodies)], "hub_offset bigint, body binary")
        frame.createOrReplaceTempView("body_only")
        spark.sql(
            "create or replace temporary view event as select 3 as hub_partition, hub_offset, "
            f"cast(timestamp_micros({FIRST_INSTANT} + hub_offset * 1000003) as timestamp_ntz) as enqueued_at, body from body_only"
        )
        answers = {}
        for name, sql in sections("spark"):
            if name == "prelude":
                spark.sql(sql)
                continue
            columns = spark.sql(sql).dtypes
            answers[name] = ([c for c, _ in columns], [canonical(columns, r) for r in spark.sql(comparable(sql, columns)).collect()])
        return answers
    finally:
        spark.stop()


def canonical(columns, row):
    """A row as a tuple; doubles by value, because the engines write them differently."""
    return tuple(
        float(value) if value is not None and kind.lower() == "double" else value for (_, kind), value in zip(columns, row)
    )


def differences(name, bodies, one, other):
    """What only one side has, told by field names and the start of the body; the bodies are made up."""
    lines = []
    if one[0] != other[0]:
        return [f"{name}: columns {one[0]} and {other[0]}"]
    left = {row[:2]: row for row in one[1]}
    right = {row[:2]: row for row in other[1]}
    if len(left) != len(one[1]) or len(right) != len(other[1]):
        lines.append(f"{name}: a body gave more than one row")
    for key in sorted(left.keys() | right.keys(), key=lambda k: int(k[1])):
        a, b = left.get(key), right.get(key)
        if a == b:
            continue
        parts = [c for i, c in enumerate(one[0]) if a is None or b is None or a[i] != b[i]]
        what = "only on Spark" if a is None else "only on DuckDB" if b is None else ", ".join(
            f"{c}: {a[one[0].index(c)]!r:.60} and {b[one[0].index(c)]!r:.60}" for c in parts)
        lines.append(f"{name}, body {key[1]}: {what}: {bodies[int(key[1])][:160]!r}")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engine", choices=("both", "duckdb"), default="both")
    engine = parser.parse_args().engine
    lines = (FOLDER / "bodies.jsonl").read_text(encoding="utf-8").splitlines()
    bodies = [base64.b64decode(json.loads(line)["body"]) for line in lines]
    passed = failed = skipped = 0

    def tell(name, problems):
        nonlocal passed, failed
        if problems:
            failed += 1
            print(f"FAIL {name}: {len(problems)} differences")
            print("\n".join(problems[:20]))
        else:
            passed += 1
            print(f"ok   {name}")

    duck = rows_of_duckdb(bodies)
    total = sum(len(rows) for _, rows in duck.values())
    tell(f"DuckDB gives each of {len(bodies)} bodies one row", [] if total == len(bodies) else [f"{total} rows"])
    if engine == "both":
        spark = rows_of_spark(bodies)
        for name in SECTIONS:
            tell(f"{name}: {len(duck[name][1])} rows are the same on Spark", differences(name, bodies, duck[name], spark[name]))
    else:
        skipped += len(SECTIONS)
        print("skip Spark: not asked for")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
