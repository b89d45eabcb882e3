"""Checks that the documents agree with each other and with the sources. Closes with "N passed, N failed, N skipped".

Nothing here needs the product built: it reads text. Run it from anywhere.
"""

import pathlib
import re
import subprocess
import sys
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent


def documents():
    """The Markdown files under version control, and new ones that would be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", "*.md"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\n")
    return sorted({ROOT / name for name in listed if name and (ROOT / name).is_file()})


def without_code(text):
    return re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)


def anchors(path):
    """The anchors of a page's headings, made as GitHub makes them."""
    found = set()
    for heading in re.findall(r"^#+ +(.+?) *#*$", without_code(path.read_text()), re.M):
        heading = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
        found.add(re.sub(r"[^\w\- ]", "", heading).replace(" ", "-"))
    return found


def links_lead_somewhere():
    for page in documents():
        text = re.sub(r"`[^`\n]*`", "", without_code(page.read_text()))
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            other = (page.parent / urllib.parse.unquote(path)).resolve() if path else page
            if not other.exists():
                yield f"{page.relative_to(ROOT)}: {target}: there is no such file"
            elif anchor and other.suffix == ".md" and anchor not in anchors(other):
                yield f"{page.relative_to(ROOT)}: {target}: there is no such heading"


def sources(*patterns):
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            yield path, path.read_text(errors="replace")


def metrics_are_documented():
    documented = set(re.findall(r"^\| `(patientflow_[a-z0-9_]+)`", (ROOT / "docs/metrics.md").read_text(), re.M))
    used = set()
    for _, text in sources("Sources/**/*.swift"):
        used |= set(re.findall(r'"(patientflow_[a-z0-9_]+)"', text))
    for name in sorted(used - documented):
        yield f"{name} is in the sources and not in docs/metrics.md"
    for name in sorted(documented - used):
        yield f"{name} is in docs/metrics.md and not in the sources"
    for name in sorted(documented):
        if not re.fullmatch(r"patientflow_(intake|hub|lakehouse|serving|simulator|http)_[a-z0-9_]+", name):
            yield f"{name} does not name its room: patientflow_<room>_<what>_<unit>[_total]"


def rules_are_documented():
    text = (ROOT / "docs/architecture.md").read_text()
    documented = dict(re.findall(r"^\| `([a-z0-9_]+)` \| (quarantine|repair|flag) \|", text, re.M))
    code = (ROOT / "Sources/Health/Hospital/Rule.swift").read_text()
    cases = dict(re.findall(r'^  case (\w+) = "([a-z0-9_]+)"$', code, re.M))
    cases.update({name: name for name in re.findall(r"^  case (\w+)$", code, re.M)})
    body = code[code.index("public var severity"):]
    severities = {}
    for names, severity in re.findall(r"case ([^:]+):\s*\n?\s*\.(quarantine|repair|flag)\b", body):
        for name in re.findall(r"\.(\w+)", names):
            severities[cases[name]] = severity
    for rule in sorted(set(cases.values()) | set(documented)):
        if documented.get(rule) != severities.get(rule):
            yield f"{rule}: the table in docs/architecture.md says {documented.get(rule)}, the code {severities.get(rule)}"
    declared = ROOT / "models/quality.yml"
    if declared.exists():
        import yaml

        def entries(node):
            if isinstance(node, dict):
                if "severity" in node and ("id" in node or "rule" in node):
                    yield str(node.get("id", node.get("rule"))), str(node["severity"])
                for key, value in node.items():
                    if isinstance(value, dict) and "severity" in value and "id" not in value:
                        yield str(key), str(value["severity"])
                    else:
                        yield from entries(value)
            elif isinstance(node, list):
                for item in node:
                    yield from entries(item)

        listed = dict(entries(yaml.safe_load(declared.read_text())))
        for rule in sorted(set(listed) | set(documented)):
            if rule not in listed or rule not in documented:
                yield f"{rule} is only in {'models/quality.yml' if rule in listed else 'docs/architecture.md'}"
            elif listed[rule] != documented[rule]:
                yield f"{rule}: models/quality.yml says {listed[rule]}, docs/architecture.md {documented[rule]}"


def gold_tables_are_documented():
    text = (ROOT / "docs/architecture.md").read_text()
    for path in sorted((ROOT / "models").glob("gold/*.sql")):
        name = path.stem
        # bed_stay is documented by the view that people read.
        if f"gold.{name}" not in text and f"gold.fact_{name}" not in text:
            yield f"models/gold/{path.name} is not in docs/architecture.md"


def decisions_have_their_form():
    folder = ROOT / "docs/decisions"
    index = (folder / "README.md").read_text()
    records = sorted(folder.glob("[0-9]*.md"))
    for number, record in enumerate(records, start=1):
        text = record.read_text()
        if not record.name.startswith(f"{number:04}-") or not text.startswith(f"# {number:04} "):
            yield f"{record.name}: number {number:04} was expected in name and title"
        for heading in ("Context", "Decision", "Not chosen", "Consequences"):
            if f"\n## {heading}\n" not in text:
                yield f"{record.name}: no heading '{heading}'"
        if not re.search(r"^Status: (proposed|accepted|replaced by )", text, re.M):
            yield f"{record.name}: no status"
        if record.name not in index:
            yield f"{record.name} is not in docs/decisions/README.md"


def dependencies_are_explained():
    text = (ROOT / "docs/decisions/0007-libraries.md").read_text()
    manifest = (ROOT / "Package.swift").read_text()
    for url in re.findall(r'\.package\(\s*url: "([^"]+)"', manifest):
        name = url.removesuffix(".git").rstrip("/").rsplit("/", 1)[-1]
        if name not in text:
            yield f"{name} is in Package.swift and not in docs/decisions/0007-libraries.md"


def run_options_are_documented():
    """What ./run lists, docs/configuration.md lists."""
    text = (ROOT / "docs/configuration.md").read_text()
    for option in re.findall(r"^#   (--[a-z-]+)", (ROOT / "run").read_text(), re.M):
        if option not in text:
            yield f"{option} of ./run is not in docs/configuration.md"


def settings_are_documented():
    text = (ROOT / "docs/configuration.md").read_text()
    documented = {key: "" if value == "none" else value.strip("`")
                  for key, value in re.findall(r"^\| `([a-z_]+(?:\.[a-z_]+)?)` \| (none|`[^`]*`) \|", text, re.M)}
    code = (ROOT / "Sources/PatientFlow/Settings/Settings.swift").read_text()
    declared = dict(re.findall(r'\bSetting\(\s*"([a-z_.]+)", \.\w+, "([^"]*)"', code))
    for key in sorted(set(documented) | set(declared)):
        if key not in documented or key not in declared:
            yield f"{key} is only in {'docs/configuration.md' if key in documented else 'the sources'}"
        elif documented[key] != declared[key]:
            yield f"{key}: docs/configuration.md says '{documented[key]}', the code '{declared[key]}'"


def openapi_is_valid():
    import yaml
    from openapi_spec_validator import validate

    path = ROOT / "docs/api/openapi.yaml"
    try:
        validate(yaml.safe_load(path.read_text()), base_uri=path.as_uri())
    except Exception as problem:  # whatever it finds is one finding
        yield f"docs/api/openapi.yaml: {str(problem).splitlines()[0]}"


CHECKS = [
    links_lead_somewhere, metrics_are_documented, rules_are_documented, gold_tables_are_documented, decisions_have_their_form,
    dependencies_are_explained, run_options_are_documented, settings_are_documented, openapi_is_valid,
]


def main():
    failed = 0
    for check in CHECKS:
        findings = list(check())
        if findings:
            failed += 1
            print(f"FAILED {check.__name__.replace('_', ' ')}")
            for finding in findings:
                print(f"  {finding}")
    print(f"{len(CHECKS) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
