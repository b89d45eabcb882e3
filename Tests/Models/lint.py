"""Holds the models to what DuckDB and Spark both say, and to their own descriptions.

usage: lint.py

SQL: only names and forms known to both engines; every ORDER BY says where NULLs go; nothing reads a clock or chance;
columns are listed. YAML: the fields that must be there, columns as the SQL gives them and TABLES.sql declares them, inputs as
the SQL reads them, rules as quality.yml lists them.
"""

import re
import sys

import yaml

from engines import MODELS, DuckDB, references, tables, view_names
from run_models import Loader

# on one side only, or with another meaning there
FORBIDDEN = {
    r"::": "a cast is written cast(x as type)",
    r"\bstring_agg\b|\bgroup_concat\b|\blistagg\b": "use concat_ws or a macro",
    r"\bexcept\s*\(|\bexclude\s*\(|\breplace\s*\(\s*\w+\s+as\b": "list the columns",
    r"\bfilter\s*\(": "use case inside the aggregate: windows have no filter in Spark",
    r"\bcurrent_timestamp\b|\bcurrent_date\b|\bnow\s*\(|\btoday\s*\(|\blocaltimestamp\b|\bgetdate\b": "tables never read the clock, views read gold.clock",
    r"\brandom\s*\(|\brand\s*\(|\buuid\s*\(|\bgen_random_uuid\b": "nothing random",
    r"\bepoch\w*\s*\(|\bunix_\w+\s*\(|\bto_timestamp\b|\bdate_diff\b|\bdatediff\b|\btimestampdiff\b|\bdate_add\b|\bdate_format\b|\bstrftime\b|\bage\s*\(": "use a pf_ macro",
    r"\bextract\s*\(|\bdate_part\s*\(|\bdayofweek\b|\bisodow\b|\bweekday\s*\(": "use pf_isodow, year(), month(), day(), hour(), minute()",
    r"\bat time zone\b|\btimezone\s*\(|\bconvert_timezone\b|\bfrom_utc_timestamp\b": "use pf_local or pf_utc",
    r"\bsha256\b|\bsha2\b|\bmd5\s*\(|\bhash\s*\(|\bxxhash64\b": "use pf_key",
    r"\bnvl\b|\bifnull\b|\biff\b|\bif\s*\(": "use coalesce or case",
    r"<=>|\bdiv\b|\bxor\b|//": "not on both engines",
    r"\basof\b|\bby name\b|\blateral\b|\bunnest\b|\bexplode\b|\bgenerate_series\b|\bsequence\s*\(|\bpivot\b": "not on both engines; a spine is range(a, b) as t(i)",
    r"\bas (varchar|text|integer|int8|int4|float8|bool|timestamptz|timestamp_ntz|timestamp_ltz)\b": "types are string, bigint, int, double, boolean, timestamp, date",
    r"\bignore nulls\b": "use max_by over a case",
    r"\barg_max\b|\barg_min\b|\bfirst\s*\(|\blast\s*\(|\bany_value\b": "use max_by with an order that decides",
    r"\bquantile\w*\b|\bapprox_\w+": "use median or percentile_cont within group",
    r"\bconcat\s*\(": "use || or concat_ws: concat treats NULL differently",
    r"\bilike\b|\bsimilar to\b|\bregexp_\w+|\brlike\b|\bstarts_with\b|\bstr_split\b": "use like, pf_has or split_part",
    r"\bqualify\b": "name the step and filter the next",
    r"(?<!percentile_cont\()\b\d+\.\d+\b(?!e)": "a decimal divides to a few digits on Spark: cast to double, then divide by a whole number",
    r'"': "names need no quotes",
    r"`": "names need no quotes",
    r"\bgroup by \d|\border by \d|\bgroup by all\b|\border by all\b": "name what is grouped",
}
FIELDS = {"silver": ["model", "description", "grain", "materialization", "restatement", "inputs", "columns", "unit_tests"],
          "gold": ["model", "description", "grain", "materialization", "restatement", "inputs", "columns", "unit_tests"],
          "views": ["model", "title", "description", "period", "source", "grain", "inputs", "columns", "unit_tests"]}


def statement_problems(path):
    text = path.read_text()
    if not text.startswith("--"):
        yield "the first line says the grain"
    if "\t" in text or any(line != line.rstrip() for line in text.split("\n")):
        yield "tabs or blanks at the end of a line"
    if any(len(line) > 190 for line in text.split("\n")):
        yield "a line longer than 190 characters"
    code = re.sub(r"--[^\n]*", "", text)
    bare = re.sub(r"'[^']*'", "''", code)
    if bare != bare.lower():
        yield "SQL is lower case"
    if ";" in bare:
        yield "one statement without a semicolon"
    for pattern, reason in FORBIDDEN.items():
        found = re.search(pattern, bare)
        if found:
            yield f"'{found.group(0).strip()}': {reason}"
    if re.search(r"select\s+(distinct\s+)?\*|,\s*\w+\.\*|select\s+\w+\.\*", bare):
        yield "columns are listed, not *"
    for found in re.finditer(r"\border by\b", bare):
        depth, end = 0, found.end()
        while end < len(bare) and not (depth == 0 and bare[end] == ")"):
            depth += {"(": 1, ")": -1}.get(bare[end], 0)
            end += 1
        clause = re.split(r"\brows between\b|\brange between\b", bare[found.end():end])[0]
        depth, terms = 0, [""]
        for character in clause:
            depth += {"(": 1, ")": -1}.get(character, 0)
            if character == "," and depth == 0:
                terms.append("")
            else:
                terms[-1] += character
        for term in terms:
            if not re.search(r"\bnulls (first|last)\s*$", term.strip()):
                yield f"order by {' '.join(term.split())}: say nulls first or nulls last"


def description_problems(path, engine, columns_of):
    definition = yaml.load(path.read_text(), Loader)
    folder = path.parent.name
    for field in FIELDS[folder]:
        if field not in definition:
            yield f"no {field}"
            return
    model = definition["model"]
    if model != f"{'gold' if folder == 'views' else folder}.{path.stem}":
        yield "model is not the file's name"
    if "One row per" not in definition["description"].split(". ")[-1]:
        yield "the description ends in the grain"
    sql = path.with_suffix(".sql").read_text()
    if set(definition["inputs"]) != references(sql):
        yield f"inputs {sorted(definition['inputs'])}, the SQL reads {sorted(references(sql))}"
    if folder == "views":
        engine.ensure_views(references(sql))
    given = [(row[0], row[1]) for row in engine.connection.execute(f"describe {sql}").fetchall()]
    names = [name for name, _ in given]
    listed = [column["name"] for column in definition["columns"]]
    if folder == "views" and set(listed) - set(names) or folder != "views" and listed != names:
        yield f"columns are not those of the SQL: {[n for n in listed if n not in names] or [n for n in names if n not in listed]}"
    if set(definition["grain"]) - set(names):
        yield "grain names a column that is not there"
    if folder != "views":
        stored = [(row[0], row[1]) for row in engine.connection.execute(f"describe {model}").fetchall()]
        if stored != given:
            yield f"TABLES.sql differs: {[pair for pair in zip(stored, given) if pair[0] != pair[1]]}"
    keys = [case["name"] for case in definition["unit_tests"]]
    if len(keys) != len(set(keys)):
        yield "two unit tests of one name"


def rule_problems():
    listed = {rule["id"]: rule for rule in yaml.load((MODELS / "quality.yml").read_text(), Loader)["rules"]}
    for rule, row in listed.items():
        if not {"id", "severity", "scope", "reason", "acts"} <= set(row) or row["severity"] not in ("quarantine", "repair", "flag"):
            yield f"{rule}: a rule has id, severity, scope, reason and acts"
    everything = "\n".join(path.read_text() for path in MODELS.glob("*/*.sql"))
    for rule in listed:
        if rule not in ("invalid_utf8", "malformed_json", "too_large", "bed_conflict") and f"'{rule}'" not in everything:
            yield f"{rule}: no model gives it"
    for rule in set(re.findall(r"then '([a-z0-9]+_[a-z0-9_]+)' end", everything)) - set(listed):
        yield f"{rule}: given by a model, not in quality.yml"


def macro_problems():
    names = [set(re.findall(r"(?:macro|function) (pf_\w+)", (MODELS / "macros" / f"{engine}.sql").read_text())) for engine in ("duckdb", "spark")]
    for name in names[0] ^ names[1]:
        yield f"{name} exists on one engine only"
    used = set(re.findall(r"\bpf_\w+", "\n".join(path.read_text() for path in MODELS.glob("*/*.sql") if path.parent.name != "macros")))
    for name in used - names[0]:
        yield f"{name} is used and not defined"
    for name in names[0] - used:
        yield f"{name} is defined and not used"


def main():
    engine = DuckDB()
    passed, problems = 0, []
    for path in sorted(MODELS.glob("*/*.sql")):
        if path.parent.name == "macros":
            continue
        found = list(statement_problems(path))
        if not path.with_suffix(".yml").exists():
            found.append("no .yml beside it")
        problems += [f"{path.relative_to(MODELS)}: {problem}" for problem in found]
        passed += not found
    for path in sorted(MODELS.glob("*/*.yml")):
        found = list(description_problems(path, engine, tables()))
        problems += [f"{path.relative_to(MODELS)}: {problem}" for problem in found]
        passed += not found
    for name, found in (("quality.yml", list(rule_problems())), ("macros", list(macro_problems()))):
        problems += [f"{name}: {problem}" for problem in found]
        passed += not found
    for problem in problems:
        print("FAIL", problem)
    print(f"{passed} passed, {len(problems)} failed, 0 skipped")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
