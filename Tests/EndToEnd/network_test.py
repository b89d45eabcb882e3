#!/usr/bin/env python3
"""The network file and what feeds say of departments: whose word holds, and from when."""
import datetime, pathlib, shutil, time
import yaml
from support import Checks, Process, ask, command, folder, ROOT

NETWORK = yaml.safe_load((ROOT / "config/hospitals.yaml").read_text())["hospitals"][:1]
WARD = NETWORK[0]["departments"][0]
EVER, NEVER = "1900-01-01T00:00:00.000000Z", "9999-12-31T00:00:00.000000Z"


def main():
    checks = Checks()
    with folder() as home:
        home = pathlib.Path(home)
        history(checks, home)
        unreadable(checks, home)
    checks.end()


def write(file, **changes):
    """The network file, with changes of its first department."""
    hospital = dict(NETWORK[0], departments=[dict(WARD, **changes), *NETWORK[0]["departments"][1:]])
    file.write_text(yaml.safe_dump({"hospitals": [hospital]}))


def changed(number, at, **fields):
    return {"type": "department_changed", "event_id": f"d-{number}", "occurred_at": at, "recorded_at": at, "hospital_id": 1,
            "department": WARD["name"], **fields}


def versions(data):
    return [tuple(row.values()) for row in ask(data, f"""
        select staffed_beds as a, closed_beds as b, staff as c, specialty as d, effective_from as e, effective_to as f
        from gold.dim_department where hospital_id = 1 and department = '{WARD["name"]}' order by effective_from""")]


def day(days):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return at.strftime("%Y-%m-%dT%H:%M:%S.000000Z")


def sent(data):
    return ask(data, "select count(*) as n from silver.department_change")[0]["n"]


def history(checks, home):
    file, data = home / "hospitals.yaml", home / "data"
    flags = ["--no-simulator", "--set", f"network_file={file}"]
    write(file)
    first = (WARD["staffed_beds"], WARD.get("closed_beds", 0), WARD.get("staff", 0), WARD["specialty"])
    departments = len(NETWORK[0]["departments"])
    long_ago, lately = day(-30), day(-2)
    with Process(data, *flags) as process:
        process.wait_committed()
        checks.equal("what the file says of a new store holds for all time", versions(data), [(*first, EVER, NEVER)])
        process.post(changed(1, long_ago, staffed_beds=7))
        process.wait_committed()
        second = (7, *first[1:])
        checks.equal("a change dated before the first start leaves the time before it alone, and holds from its date on",
                     versions(data), [(*first, EVER, long_ago), (*second, long_ago, NEVER)])
        process.post(changed(2, lately, closed_beds=5))
        process.wait_committed()
        third = (7, 5, *first[2:])
        told = [(*first, EVER, long_ago), (*second, long_ago, lately), (*third, lately, NEVER)]
        checks.equal("a change that names closed beds only leaves all else as it was", versions(data), told)
        time.sleep(0.01)
        write(file)  # another time of writing, the same words
        time.sleep(5)
        checks.equal("an unchanged file, written again, takes nothing back", (versions(data), sent(data)), (told, departments + 2))
    with Process(data, *flags) as process:
        process.wait_committed()
        checks.equal("nor does a start with it", (versions(data), sent(data)), (told, departments + 2))
        begin = day(0)
        write(file, staffed_beds=31)
        deadline = time.time() + 20
        while time.time() < deadline and len(versions(data)) == 3:
            time.sleep(0.1)
        last = versions(data)[-1]
        checks.equal("a changed file changes what it says of the department, all of it", last[:4], (31, *first[1:]))
        checks.check("from the time at which it was read on", begin <= last[4] <= day(1), last)
        checks.equal("and nothing else is said again", sent(data), departments + 3)
        told = versions(data)
    shutil.move(data / "store", home / "lost")
    with Process(data, *flags) as process:
        process.wait_committed()
        checks.equal("a store that was lost gets the same history from the hub", versions(data), told)
    shutil.move(data / "network.json", home / "network.json")
    with Process(data, *flags) as process:
        process.wait_committed()
        checks.equal("a store of a version that kept no record of the file is compared with the file once", versions(data), told)
        process.post(changed(3, day(0), closed_beds=9))
        process.wait_committed()
        told = versions(data)
    with Process(data, *flags) as process:
        process.wait_committed()
        checks.equal("and after that no more", versions(data), told)


def unreadable(checks, home):
    """What is wrong with a network file is said with its place."""
    def without(field):
        return {k: v for k, v in WARD.items() if k != field}

    cases = [
        ([dict(NETWORK[0], departments=[WARD, without("specialty") | {"name": "Ward Two"}])], "hospital 1, department 'Ward Two': specialty is missing"),
        ([dict(NETWORK[0], departments=[without("name")])], "hospital 1, department number 1: name is missing"),
        ([dict(NETWORK[0], departments=[dict(WARD, staffed_beds="many")])], f"hospital 1, department '{WARD['name']}': staffed_beds must be a whole number"),
        ([NETWORK[0], {k: v for k, v in NETWORK[0].items() if k != "id"}], "hospital number 2: id is missing"),
        ([{k: v for k, v in NETWORK[0].items() if k != "departments"}], "hospital 1: departments is missing"),
    ]
    file = home / "wrong.yaml"
    for hospitals, sentence in cases:
        file.write_text(yaml.safe_dump({"hospitals": hospitals}))
        refused(checks, home, file, sentence)
    file.write_text("hospitals: [")
    refused(checks, home, file, "is not YAML")
    file.write_text("wards: []")
    refused(checks, home, file, "hospitals is missing")


def refused(checks, home, file, sentence):
    result = command("run", "--no-simulator", "--data-dir", home / "never", "--set", f"network_file={file}", check=False, timeout=30)
    text = result.stderr
    checks.check(f"refused with “{sentence}” and the file's name", result.returncode == 1 and sentence in text and str(file) in text, text[-400:])
    checks.check("in words of ours", "DecodingError" not in text and "CodingKeys" not in text and len(text) < 500, text[-600:])


if __name__ == "__main__":
    main()
