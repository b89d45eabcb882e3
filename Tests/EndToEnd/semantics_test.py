#!/usr/bin/env python3
"""What events mean: hand-written cases and random journeys, against figures that are worked out here and not by the models; and that
the order of arrival, repetition, single batches and rebuilds change nothing of gold."""
import base64, collections, datetime, gzip, hashlib, hmac, json, pathlib, random
from semantics_cases import CASES, NETWORK, WATCHED
from support import Checks, Process, command, folder

KEY = b"a key that is only for the tests"
JOURNEYS, FIRST_DAY = 400, datetime.datetime(2026, 3, 1)
COMPARED = [("department", "department"), ("admission", "admission_time"), ("discharge", "discharge_time"), ("expected", "expected_discharge_time"),
            ("bed", "bed_id"), ("age", "age"), ("los", "length_of_stay_hours"), ("date", "admission_date"), ("wait", "wait_minutes"),
            ("arrival", "arrival_time")]
# All of gold but when it was computed: enqueued_at says when the hub took the event.
GOLD = {"gold.fact_patient_flow": "* exclude (enqueued_at)", "gold.fact_bed_stay": "*", "gold.dim_patient": "*", "gold.dim_hospital": "*",
        "gold.fact_flow_hourly": "*", "gold.dim_time": "*"}


def pseudonym(hospital, patient):
    return hmac.new(KEY, f"patient|{hospital}|{patient}".encode(), hashlib.sha256).hexdigest()[:32]


def plain(value):
    return value.replace(".000000Z", "Z") if isinstance(value, str) else value


class Store:
    """A store of the test's network and key."""

    settings = []

    def __init__(self, home, name):
        self.data = home / name

    def take(self, events, *more, packed=False):
        file = self.data.with_suffix(".ndjson.gz" if packed else ".ndjson")
        body = "".join(json.dumps(event) + "\n" for event in events).encode()
        file.write_bytes(gzip.compress(body) if packed else body)
        command("ingest", *self.settings, *more, "--data-dir", self.data, file)
        return self

    def ask(self, statement):
        answer = command("sql", *self.settings, "--data-dir", self.data, "--restricted", "--max-rows", 100000, "--output", "json", statement)
        return [{name: plain(value) for name, value in row.items()} for row in json.loads(answer.stdout)]

    def gold(self):
        rows = {table: self.ask(f"select {columns} from {table}") for table, columns in GOLD.items()}
        return {table: sorted(json.dumps(row, sort_keys=True) for row in found) for table, found in rows.items()}


def same(checks, sentence, one, other):
    differing = {table: (set(one[table]) ^ set(other[table])) for table in one if one[table] != other[table]}
    checks.check(sentence, not differing, {table: sorted(rows)[:2] for table, rows in differing.items()})


def check_cases(checks, store):
    visits = collections.defaultdict(list)
    for row in store.ask("select * from gold.fact_patient_flow order by coalesce(admission_time, arrival_time)"):
        visits[row["patient_id"]].append(row)
    ruled = collections.Counter(row["rule"] for row in store.ask("select rule from silver.quarantine"))
    expected = collections.Counter(rule for _, _, more in CASES.values() for rule in more.get("quarantine", []))
    checks.equal("quarantine holds what it must and no more", ruled, expected)
    flagged = collections.defaultdict(list)
    for row in store.ask("select patient_id, flags from silver.movement where flags is not null"):
        flagged[row["patient_id"]] += [rule for rule in row["flags"].split(",") if rule in WATCHED]
    counted = {row["rule"]: row["n"] for row in store.ask("select rule, cast(sum(records) as bigint) as n from gold.quality_hourly group by rule")}
    findings = collections.Counter(rule for _, _, more in CASES.values() for rule in more.get("rules", []))
    checks.equal("quality counts what these rules found", {rule: counted.get(rule, 0) for rule in WATCHED}, dict(findings))
    for name, (events, wanted, more) in CASES.items():
        patients = sorted({pseudonym(e.get("hospital_id"), e.get("patient_id")) for e in events})
        found = sorted((row for p in patients for row in visits.get(p, [])), key=lambda row: row["admission_time"] or row["arrival_time"])
        wrong = [] if len(found) == len(wanted) else [f"{len(found)} visits, wanted {len(wanted)}"]
        for row, visit in zip(found, wanted):
            wrong += [f"{column} is {row[column]!r}, wanted {visit[field]!r}" for field, column in COMPARED
                      if field in visit and visit[field] not in ("?", "any") and row[column] != visit[field]]
            if visit["flags"] != "*" and (row["flags"] or "") not in visit["flags"].split("|"):
                wrong.append(f"flags are {row['flags']!r}, wanted {visit['flags']!r}")
        ruled = sorted(rule for p in patients for rule in flagged[p])
        wrong += [] if ruled == more.get("rules", []) else [f"rules found are {ruled}"]
        checks.check(f"case: {name}", not wrong, wrong)


# ── random journeys of movements, and a reducer of the documented rules ──────────────────────────────────────────────


def moment(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def random_journey(chance, patient):
    """Movements at times of their own, some cancelled: by name, by time, or the last one; and some of that sent again as other events."""
    times = sorted(chance.sample(range(0, 6 * 86400, 37), chance.randint(2, 9)))
    taken, events = set(times), []
    for i, seconds in enumerate(times):
        at = FIRST_DAY + datetime.timedelta(seconds=seconds)
        kind = chance.choice(["arrive", "admit"]) if i == 0 else chance.choice(["admit", "transfer", "transfer", "discharge", "expected_discharge"])
        recorded = moment(at + datetime.timedelta(seconds=chance.randint(1, 600)))
        event = dict(event_id=f"{patient}-{i}", type=kind, occurred_at=moment(at), recorded_at=recorded, hospital_id=1, patient_id=patient,
                     encounter_id="V" + patient)
        if kind in ("arrive", "admit", "transfer"):
            event["location"] = {"department": chance.choice(["Emergency", "Cardiology", "ICU"]), "bed": patient + chance.choice("abc")}
        if kind == "expected_discharge":
            event["expected_discharge_time"] = moment(at + datetime.timedelta(hours=chance.randint(1, 90)))
        events.append(event)
    for i, target in enumerate(chance.sample(events, chance.choice([0, 0, 1, 1, min(2, len(events))]))):
        seconds = int((datetime.datetime.fromisoformat(target["recorded_at"][:-1]) - FIRST_DAY).total_seconds()) + chance.randint(1, 86400)
        while seconds in taken:
            seconds += 1
        taken.add(seconds)
        later = moment(FIRST_DAY + datetime.timedelta(seconds=seconds))
        cancel = dict(event_id=f"{patient}-c{i}", type="cancel_" + target["type"], occurred_at=later, recorded_at=later, hospital_id=1,
                      patient_id=patient, encounter_id="V" + patient)
        way = chance.choice(["name", "time", "last"])
        if way == "name":
            cancel["cancels"] = target["event_id"]
        elif way == "time":
            cancel["occurred_at"] = target["occurred_at"]
        events.append(cancel)
        for again in range(chance.choice([0, 0, 1, 2])):
            events.append(cancel | dict(event_id=f"{patient}-c{i}-{again}", recorded_at=moment(datetime.datetime.fromisoformat(later[:-1]) +
                                                                                              datetime.timedelta(minutes=again * 7))))
    return events


def cancelled(events):
    """The ids of what was cancelled. Who cancels what was cancelled by name, or at its time, or who says it once more, cancels nothing else."""
    moves = sorted((e for e in events if not e["type"].startswith("cancel_")), key=lambda e: e["occurred_at"])
    gone = []
    cancels = sorted((e for e in events if e["type"].startswith("cancel_")), key=lambda e: e["occurred_at"])
    named = [e for e in cancels if "cancels" in e]
    timed = [e for e in cancels if e not in named and any(m["type"] == e["type"][7:] and m["occurred_at"] == e["occurred_at"] for m in moves)]
    gone += [e["cancels"] for e in named]
    gone += [m["event_id"] for e in timed for m in moves if m["type"] == e["type"][7:] and m["occurred_at"] == e["occurred_at"]]
    answered = set()
    for cancel in cancels:
        if cancel not in named and cancel not in timed and (cancel["type"], cancel["occurred_at"]) not in answered:
            answered.add((cancel["type"], cancel["occurred_at"]))
            before = [m["event_id"] for m in moves if m["type"] == cancel["type"][7:] and m["occurred_at"] <= cancel["occurred_at"]]
            gone += [name for name in before if name not in gone][-1:]
    return set(gone)


def reduced(events):
    """Department visits as [department, from, to]."""
    gone = cancelled(events)
    held = sorted((e for e in events if not e["type"].startswith("cancel_") and e["event_id"] not in gone), key=lambda e: e["occurred_at"])
    ends = [e["occurred_at"] for e in held if e["type"] == "discharge"]
    visits = []
    for event in held:
        if event["type"] not in ("admit", "transfer") or (ends and event["occurred_at"] > ends[-1]):
            continue
        department = event["location"]["department"]
        if visits and visits[-1][0] == department:
            continue
        if visits:
            visits[-1][2] = event["occurred_at"]
        visits.append([department, event["occurred_at"], ends[-1] if ends else None])
    return visits


def check_journeys(checks, home):
    chance = random.Random(11)
    journeys = {f"R{i}": random_journey(chance, f"R{i}") for i in range(JOURNEYS)}
    events = [event for events in journeys.values() for event in events]
    chance.shuffle(events)
    store = Store(home, "journeys").take(events)
    found = collections.defaultdict(list)
    for row in store.ask("select * from gold.fact_patient_flow where admission_time is not null order by admission_time"):
        found[row["patient_id"]].append([row["department"], row["admission_time"], row["discharge_time"]])
    wanted = {patient: reduced(events) for patient, events in journeys.items()}
    wrong = {patient: (found[pseudonym(1, patient)], visits) for patient, visits in wanted.items() if found[pseudonym(1, patient)] != visits}
    checks.check(f"{len(journeys)} random journeys are as a plain reducer finds them", not wrong, dict(list(wrong.items())[:2]))
    check_hours(checks, store, wanted)


def check_hours(checks, store, journeys):
    hours = collections.defaultdict(lambda: [0, 0, 0, 0])
    for visits in journeys.values():
        for i, (department, begin, end) in enumerate(visits):
            hours[department, begin[:13]][2 if i else 0] += 1
            if end:
                hours[department, end[:13]][1 if i == len(visits) - 1 else 3] += 1
    rows = store.ask("select * from gold.fact_flow_hourly where admissions + discharges + transfers_in + transfers_out > 0")
    found = {(r["department"], r["hour_at"][:13]): [r["admissions"], r["discharges"], r["transfers_in"], r["transfers_out"]] for r in rows}
    checks.equal("admissions, discharges and transfers of every department and hour", found, dict(hours))


def check_orders(checks, home):
    # What has no time of its own depends on when the hub took it, and is left out.
    timed = [event for events, _, more in CASES.values() if not more.get("hubtime") for event in events
             if event.get("event_time", event.get("recorded_at")) not in (None, "soon")]
    chance = random.Random(7)
    first = Store(home, "in-order").take(timed).gold()
    same(checks, "the reverse order of arrival gives the same gold", first, Store(home, "reverse").take(timed[::-1]).gold())
    twice = timed + timed
    chance.shuffle(twice)
    same(checks, "everything twice and shuffled, packed, gives the same gold", first, Store(home, "twice").take(twice, packed=True).gold())
    same(checks, "the bulk path gives the same gold", first, Store(home, "bulk").take(twice, "--set", "lakehouse.bulk_records=50").gold())
    single = Store(home, "single")
    some = chance.sample(timed, len(timed)) + chance.sample(timed, 40)
    with Process(single.data, "--no-simulator", *single.settings) as process:
        refused = [e for e in some if process.request("/patient-flow/messages", json.dumps(e).encode())[0] != 201]
        checks.equal("every single event is acknowledged", refused, [])
        status = process.stop()[0]
        checks.equal("the stop is clean", status, 0)
    same(checks, "single events in many batches give the same gold", first, single.gold())
    for layer in ("gold", "silver"):
        command("rebuild", *single.settings, "--data-dir", single.data, layer)
        same(checks, f"rebuild {layer} gives the same gold", first, single.gold())


def main():
    checks = Checks()
    with folder() as name:
        home = pathlib.Path(name)
        (home / "network.yaml").write_text(NETWORK)
        (home / "key").write_text(base64.b64encode(KEY).decode())
        Store.settings = ["--set", f"network_file={home / 'network.yaml'}", "--set", f"pseudonym.key_file={home / 'key'}"]
        check_cases(checks, Store(home, "cases").take([event for events, _, _ in CASES.values() for event in events]))
        check_orders(checks, home)
        check_journeys(checks, home)
    checks.end()


if __name__ == "__main__":
    main()
