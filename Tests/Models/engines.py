"""The two engines that run the models: DuckDB and Spark behind one small interface, for tests only."""

import datetime
import decimal
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = ROOT / "models"
REFERENCE = re.compile(r"\b(bronze|parsed|silver|gold)\.([a-z_]+)\b")


def model_sql(name):
    """The text of a model, by `schema.name`; gold views lie in views/."""
    schema, table = name.split(".")
    for path in (MODELS / schema / f"{table}.sql", MODELS / "views" / f"{table}.sql"):
        if path.exists():
            return path.read_text()
    raise FileNotFoundError(f"no model {name}")


def view_names():
    return {f"gold.{path.stem}" for path in (MODELS / "views").glob("*.sql")}


def tables():
    """Columns and types of each table, from TABLES.sql: {"silver.movement": [("movement_key", "bigint"), …]}."""
    found = {}
    for name, body in re.findall(r"create table ([a-z]+\.[a-z_]+) \((.*?)\);", (MODELS / "TABLES.sql").read_text(), re.S):
        found[name] = [tuple(column.split(" ", 1)) for column in body.split(", ")]
    return found


def references(sql):
    """The relations a statement reads, comments left out."""
    text = re.sub(r"--[^\n]*", "", sql)
    return {match.group(0) for match in REFERENCE.finditer(text)}


def literal(value, kind):
    if value is None:
        return f"cast(null as {kind})"
    if isinstance(value, bool):
        return "true" if value else "false"
    # Spark reads a doubled quote as two, as long as backslashes are plain to it.
    text = str(value).replace("'", "' || chr(39) || '")
    return f"cast('{text}' as {kind})"


def plain(value):
    """A value as the tests compare it: numbers, text, booleans; times as ISO text without trailing zeros."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, datetime.datetime):
        text = value.replace(tzinfo=None).isoformat(sep=" ")
        return text.rstrip("0") if "." in text else text
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


class DuckDB:
    name = "duckdb"

    def __init__(self, threads=2):
        import duckdb

        self.connection = duckdb.connect(config={"threads": threads})
        self.connection.execute("set TimeZone = 'UTC'")
        self.connection.execute((MODELS / "macros" / "duckdb.sql").read_text())
        for schema in ("bronze", "parsed", "silver", "gold"):
            self.connection.execute(f"create schema {schema}")
        self.connection.execute((MODELS / "TABLES.sql").read_text())
        self.tables = tables()
        self.views = set()

    def rows(self, sql):
        cursor = self.connection.execute(sql)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, map(plain, row))) for row in cursor.fetchall()]

    def fill(self, name, rows):
        """Empties a table and puts rows in; columns a row leaves out are NULL."""
        self.connection.execute(f"delete from {name}")
        self.append(name, rows)

    def append(self, name, rows):
        if not rows:
            return
        columns = self.tables[name]
        values = ", ".join("(" + ", ".join(literal(row.get(c), t) for c, t in columns) + ")" for row in rows)
        self.connection.execute(f"insert into {name} values {values}")

    def ensure_views(self, names):
        for name in sorted(names):
            if name in self.views or name not in view_names():
                continue
            sql = model_sql(name)
            self.ensure_views(references(sql))
            self.connection.execute(f"create or replace view {name} as {sql}")
            self.views.add(name)

    def run(self, sql):
        self.ensure_views(references(sql))
        return self.rows(sql)


class Spark:
    name = "spark"

    def __init__(self):
        from pyspark.sql import SparkSession

        settings = {
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.driver.memory": "3g",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.sql.shuffle.partitions": "1",
            "spark.default.parallelism": "1",
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.timestampType": "TIMESTAMP_NTZ",
            "spark.sql.ansi.enabled": "true",
            "spark.sql.ansi.doubleQuotedIdentifiers": "true",
            "spark.sql.parser.escapedStringLiterals": "true",
            # small data: planning and code generation would cost more than running
            "spark.sql.codegen.wholeStage": "false",
            "spark.sql.codegen.factoryMode": "NO_CODEGEN",
            "spark.sql.adaptive.enabled": "false",
            "spark.sql.autoBroadcastJoinThreshold": "10485760",
        }
        builder = SparkSession.builder.master("local[2]").appName("models")
        for key, value in settings.items():
            builder = builder.config(key, value)
        self.session = builder.getOrCreate()
        self.session.sparkContext.setLogLevel("OFF")
        for statement in re.sub(r"--[^\n]*", "", (MODELS / "macros" / "spark.sql").read_text()).split(";"):
            if statement.strip():
                self.session.sql(statement)
        self.tables = tables()
        for name in self.tables:
            self.fill(name, [])

    @staticmethod
    def local(sql):
        return REFERENCE.sub(lambda match: f"{match.group(1)}__{match.group(2)}", re.sub(r"--[^\n]*", "", sql))

    def fill(self, name, rows):
        columns = self.tables[name]
        given = rows or [{}]
        values = ", ".join("(" + ", ".join(literal(row.get(c), t) for c, t in columns) + ")" for row in given)
        keep = "" if rows else " where false"
        names = ", ".join(c for c, _ in columns)
        self.session.sql(f"select * from values {values} as given({names}){keep}").createOrReplaceTempView(self.local(name))

    def ensure_views(self, names):
        for name in sorted(names):
            if name not in view_names():
                continue
            sql = model_sql(name)
            self.ensure_views(references(sql))
            self.session.sql(self.local(sql)).createOrReplaceTempView(self.local(name))

    def run(self, sql):
        self.ensure_views(references(sql))
        frame = self.session.sql(self.local(sql))
        return [{k: plain(v) for k, v in row.asDict().items()} for row in frame.collect()]


def open_engine(name):
    return {"duckdb": DuckDB, "spark": Spark}[name]()
