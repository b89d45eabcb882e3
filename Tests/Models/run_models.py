"""Runs the given/expect rows of every model on one engine.

usage: run_models.py --engine duckdb|spark [--model gold.bed_stay] [--verbose]

A .yml beside a model holds `defaults` (per table: values for the columns its rows leave out, where $row is the row's
number) and `unit_tests` (name, given rows per table, expect rows). Expected rows name the columns to compare; order
does not matter; `where` narrows the model's rows first. Columns that neither a row nor a default names are NULL.
`isolation` names columns that keep cases apart, the first of them also in the model's rows: on Spark, where planning is slow,
all cases of such a model run as one, each with these columns shifted.
"""

import argparse
import sys
import time
import traceback

import yaml

from engines import MODELS, model_sql, open_engine, references, tables, view_names


class Loader(yaml.SafeLoader):
    """Times stay text: they are cast by the column's type."""


Loader.yaml_implicit_resolvers = {
    key: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for key, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def definitions():
    for path in sorted(MODELS.glob("*/*.yml")):
        with open(path) as file:
            yield path, yaml.load(file, Loader)


def filled(rows, defaults):
    result = []
    for number, row in enumerate(rows or [], start=1):
        full = {**defaults, **row}
        result.append({k: number if v == "$row" else v for k, v in full.items()})
    return result


def same(expected, actual):
    if isinstance(expected, bool) or isinstance(actual, bool) or expected is None or actual is None:
        return expected == actual
    if isinstance(actual, (int, float)):
        return isinstance(expected, (int, float)) and abs(expected - actual) <= 1e-6 * max(1.0, abs(expected))
    text, wanted = str(actual), str(expected)
    return text == wanted or text == wanted + ":00"  # times may be written to the minute


def match(expected, actual):
    """None if every expected row pairs with one actual row, else a sentence."""
    if len(expected) != len(actual):
        return f"{len(expected)} rows expected, {len(actual)} found"
    left = list(actual)
    for row in expected:
        missing = [column for column in row if left and column not in left[0]]
        if missing:
            return f"no column {missing}"
        for candidate in left:
            if all(same(value, candidate[column]) for column, value in row.items()):
                left.remove(candidate)
                break
        else:
            return f"no row like {row}"
    return None


def run_case(engine, model, case, defaults, names):
    given = case.get("given", {})
    read = references_deep(model_sql(model))
    for name in given:
        if name not in read:
            raise ValueError(f"{model} does not read {name}")
    for name in sorted(read & names):
        engine.fill(name, filled(given.get(name), defaults.get(name, {})))
    where = f" where {case['where']}" if "where" in case else ""
    return engine.run(f"select * from ({model_sql(model).strip()}\n) as model{where}")


def column_problem(definition, rows):
    """The first test of a column that the rows of a case do not meet, as a sentence."""
    for column in definition.get("columns", []):
        name = column["name"]
        if rows and name not in rows[0]:
            return f"no column {name}"
        values = [row[name] for row in rows]
        for test in column.get("tests", []):
            if test == "not_null" and None in values:
                return f"{name} is null"
            if test == "unique" and len(set(values)) < len(values):
                return f"{name} is not unique"
            if isinstance(test, dict) and set(values) - set(test["accepted_values"]) - {None}:
                return f"{name} holds {set(values) - set(test['accepted_values'])}"
    return None


SHIFT = 1_000_000


def run_together(engine, model, cases, defaults, names, columns):
    """The rows of each case, from one run of the model over all of them."""
    read = references_deep(model_sql(model))
    for name in sorted(read & names):
        rows = []
        for number, case in enumerate(cases, start=1):
            for row in filled(case.get("given", {}).get(name), defaults.get(name, {})):
                rows.append({k: v + number * SHIFT if k in columns and v is not None else v for k, v in row.items()})
        engine.fill(name, rows)
    found = [[] for _ in cases]
    for row in engine.run(model_sql(model)):
        number = row[columns[0]] // SHIFT
        found[number - 1].append({k: v - number * SHIFT if k in columns and v is not None else v for k, v in row.items()})
    return found


def references_deep(sql):
    found = set()
    for name in references(sql):
        found.add(name)
        if name in view_names():
            found |= references_deep(model_sql(name))
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", default="duckdb", choices=["duckdb", "spark"])
    parser.add_argument("--model")
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    engine = open_engine(arguments.engine)
    names = set(tables())
    passed = failed = skipped = 0
    for path, definition in definitions():
        model = definition["model"]
        if arguments.model and model != arguments.model:
            continue
        defaults = definition.get("defaults", {})
        cases = definition.get("unit_tests", [])
        if not cases:
            skipped += 1
            print(f"skip {model}: no unit tests")
        together = {}
        if "isolation" in definition and arguments.engine == "spark":
            found = run_together(engine, model, cases, defaults, names, definition["isolation"])
            together = {case["name"]: rows for case, rows in zip(cases, found)}
        for case in cases:
            started = time.perf_counter()
            try:
                actual = together[case["name"]] if together else run_case(engine, model, case, defaults, names)
                expected = case["expect"]
                problem = match(expected, actual) or column_problem(definition, actual)
            except Exception as error:
                actual, problem = [], f"{type(error).__name__}: {error}"
                if arguments.verbose:
                    traceback.print_exc()
            if problem is None:
                passed += 1
                if arguments.verbose:
                    print(f"ok   {model}: {case['name']} ({time.perf_counter() - started:.2f} s)")
            else:
                failed += 1
                print(f"FAIL {model}: {case['name']}: {problem}")
                columns = list(case["expect"][0]) if case["expect"] else None
                for row in actual:
                    print("     found", {k: v for k, v in row.items() if columns is None or k in columns})
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
