"""Random small worlds through the models: any split into batches gives the same tables as the whole, and those of the oracle.

usage: properties.py [--worlds 40] [--seed 1] [--stop]
"""

import argparse
import collections
import random
import sys
from datetime import date, datetime, timedelta

import oracle
from store import Store

HOSPITALS = {
    1: {"time_zone": "Europe/Berlin", "presume_discharge": False},
    2: {"time_zone": "Asia/Kolkata", "presume_discharge": True},
    3: {"time_zone": "Australia/Lord_Howe", "presume_discharge": False},
}
STARTS = [datetime(2026, 3, 28, 20), datetime(2026, 4, 4, 10), datetime(2026, 10, 24, 20)]  # around changes of the clock
WARDS = ["Emergency", "ICU", "emergency ", "Surgery", "Burns", None]
COMPARED = ["silver.movement", "gold.dim_patient", "gold.dim_department", "gold.fact_patient_flow", "gold.bed_stay",
            "gold.fact_flow_hourly", "gold.quality_hourly", "silver.quarantine"]


class World:
    """Records of a few patients, dense in time so that rules meet each other."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.start = self.random.choice(STARTS)
        self.step = timedelta(minutes=self.random.choice([20, 60, 240]))
        self.offset = 0
        self.stays, self.movements, self.changes = [], [], []
        for hospital in HOSPITALS:
            self.departments(hospital)
        for number in range(30):
            self.patient(number)

    def maybe(self, share, value):
        return value if self.random.random() < share else None

    def time(self, low=0, high=24):
        return self.start + self.step * self.random.randint(low, high) + timedelta(seconds=self.random.choice([0, 0, 0, 1.5]))

    def head(self, patient, hospital, encounter, sent):
        self.offset += 1
        pseudonym = f"p{hospital}-{patient}"
        return {
            "hub_partition": self.offset % 3, "hub_offset": self.offset, "enqueued_at": self.time(0, 30), "hospital_id": hospital,
            "content_hash": self.random.getrandbits(40), "event_key": self.maybe(0.2, self.random.randint(1, 4)), "patient_id": pseudonym,
            "encounter_id": encounter, "has_encounter_id": sent, "patient_key_hash": oracle.key(pseudonym),
            "journey_key": oracle.key(encounter if sent else f"{hospital}|{pseudonym}"),
            "gender": self.maybe(0.7, self.random.choice(["Male", "M", "female", "unknown"])), "age": self.maybe(0.7, self.random.choice([17, 18, 44, 45, 130])),
        }

    def repeat(self, rows, row):
        rows.append(row)
        if self.random.random() < 0.15:  # the same content once more, later or earlier in the hub
            self.offset += 1
            rows.append({**row, "hub_offset": self.offset, "enqueued_at": self.time(0, 30)})

    def patient(self, number):
        hospital = self.random.choice(list(HOSPITALS))
        shape = self.random.choice(["stay", "derived", "movement", "movement", "mixed"])
        if shape == "derived":
            for admission in [self.time(0, 16) for _ in range(self.random.randint(1, 3))]:
                for _ in range(self.random.randint(1, 3)):
                    self.stay(number, hospital, f"stay-{hospital}-{number}-{admission}", False, admission)
            return
        if self.random.random() < 0.1:  # nobody told of the beginning
            self.movement(number, hospital, f"enc-{hospital}-{number}-lone", ["discharge", "discharge", "expected_discharge"])
            return
        for visit in range(self.random.randint(1, 2)):
            encounter = f"enc-{hospital}-{number}-{visit}"
            if shape in ("stay", "mixed"):
                for _ in range(self.random.randint(1, 4)):
                    self.stay(number, hospital, encounter, True, self.time(0, 10))
            if shape in ("movement", "mixed"):
                for _ in range(self.random.randint(1, 8)):
                    self.movement(number, hospital, encounter)

    def stay(self, number, hospital, encounter, sent, admission):
        row = self.head(number, hospital, encounter, sent)
        row.update(
            department=self.random.choice(WARDS), bed_id=self.maybe(0.8, str(self.random.randint(1, 3))), admission_time=self.maybe(0.95, admission),
            discharge_time=self.maybe(0.6, self.random.choice([self.time(0, 40), self.time(0, 40) + timedelta(days=100)])),
            event_time=self.maybe(0.8, self.time(0, 30)), wait_time_minutes=self.maybe(0.3, float(self.random.randint(0, 60))),
            wrong=self.maybe(0.1, self.random.choice(["age", "discharge_time", "admission_time,age"])),
        )
        self.repeat(self.stays, row)

    def movement(self, number, hospital, encounter, kinds=("arrive", "admit", "admit", "transfer", "transfer", "transfer", "discharge", "expected_discharge")):
        row = self.head(number, hospital, encounter, True)
        kind = self.random.choice(kinds)
        cancel = len(kinds) > 3 and self.random.random() < 0.3
        row.update(
            type=("cancel_" if cancel else "") + kind, occurred_at=self.maybe(0.95, self.time(0, 8)), recorded_at=self.maybe(0.9, self.time(0, 12)),
            department=self.random.choice(WARDS), room=self.maybe(0.2, "R1"), bed_id=self.maybe(0.8, str(self.random.randint(1, 3))),
            **{"class": self.maybe(0.5, self.random.choice(["I", "E"]))}, birth_date=self.maybe(0.3, date(1960, 3, 29)),
            seen_at=self.maybe(0.2, self.time(0, 12)), disposition=self.maybe(0.3, "home"),
            expected_discharge_time=self.maybe(0.9 if kind == "expected_discharge" else 0.1, self.time(4, 40)),
            cancels_event_key=self.maybe(0.5, self.random.randint(1, 5)) if cancel else None,
        )
        self.repeat(self.movements, row)
        while cancel and self.random.random() < 0.4:  # the sender takes it back once more, as another event
            self.offset += 1
            row = {**row, "hub_offset": self.offset, "content_hash": self.random.getrandbits(40), "event_key": self.maybe(0.2, self.random.randint(1, 4)),
                   "enqueued_at": self.time(0, 30), "recorded_at": self.random.choice([row["recorded_at"], self.time(0, 12)])}
            self.repeat(self.movements, row)

    def departments(self, hospital):
        for name in ("Emergency", "ICU", "Surgery"):
            for _ in range(self.random.randint(0, 3)):
                self.offset += 1
                self.changes.append({
                    "hub_partition": 0, "hub_offset": self.offset, "enqueued_at": self.time(), "content_hash": self.random.getrandbits(40),
                    "hospital_id": hospital, "department": name, "specialty": self.maybe(0.3, "x"), "staffed_beds": self.random.choice([2, 3, None]),
                    "closed_beds": self.maybe(0.5, 1), "staff": self.maybe(0.5, 4), "occurred_at": self.maybe(0.9, self.time()), "recorded_at": self.maybe(0.9, self.time()),
                })

    def records(self):
        return [("stays", r) for r in self.stays] + [("movements", r) for r in self.movements] + [("changes", r) for r in self.changes]


def settings():
    return [{"hospital_id": h, "hospital_name": f"H{h}", **s} for h, s in HOSPITALS.items()]


def told(records):
    store = Store(settings())
    for batch in records:
        groups = collections.defaultdict(list)
        for kind, row in batch:
            groups[kind].append(row)
        store.apply(**groups)
    return store


def difference(left, right):
    a, b = collections.Counter(left), collections.Counter(right)
    return list((a - b).elements())[:2], list((b - a).elements())[:2]


def canonical(rows):
    return sorted((tuple((k, round(v, 6) if isinstance(v, float) else str(v)) for k, v in sorted(row.items())) for row in rows), key=repr)


FACTS = """select f.encounter_id, f.patient_id, f.hospital_id, f.department, d.effective_from as department_from, p.effective_from as patient_from,
    f.arrival_time, f.admission_time, f.discharge_time, f.expected_discharge_time, f.admission_date, f.discharge_date, f.encounter_admission_time,
    f.wait_minutes, f.length_of_stay_hours, f.bed_id, f.class, f.age, f.discharge_disposition, f.is_first_visit, f.is_last_visit, f.next_department,
    f.is_presumed, f.flags, f.recorded_at
    from gold.fact_patient_flow f left join gold.dim_department d on d.department_key = f.department_key left join gold.dim_patient p on p.patient_key = f.patient_key"""
BEDS = "select encounter_id, patient_id, hospital_id, department, room, bed_id, admission_time, discharge_time from gold.bed_stay"
PATIENTS = "select patient_id, gender, age_band, birth_year, effective_from, effective_to, is_current from gold.dim_patient"
CONSERVED = """select count(*) from (select hospital_id, department, sum(net_change) as held from gold.fact_flow_hourly group by all)
    full join (select hospital_id, department, count(case when discharge_time is null then 1 end) as open from gold.fact_patient_flow
    where admission_time is not null group by all) using (hospital_id, department) where held is distinct from open"""


def census(facts, instant, hospital, department):
    return sum(1 for f in facts if f["hospital_id"] == hospital and f["department"] == department and f["admission_time"] is not None
               and f["admission_time"] <= instant and (f["discharge_time"] is None or f["discharge_time"] > instant))


def view_problems(store, facts, now):
    """What views count, counted again from the oracle's facts at one instant."""
    store.execute("delete from gold.clock")
    store.execute(f"insert into gold.clock values (timestamp '{now}', true, 1, timestamp '{now}')")
    views = ["gold.department_live", "gold.census_hourly", "gold.midnight_census", "gold.patient_flow_conservation", "gold.fact_bed_stay"]
    store.engine.ensure_views(set(views))
    for row in store.execute("select hospital_id, department, census, waiting from gold.department_live").fetchall():
        waiting = sum(1 for f in facts if (f["hospital_id"], f["department"]) == row[:2] and f["admission_time"] is None
                      and f["arrival_time"] <= now and (f["discharge_time"] is None or f["discharge_time"] > now))
        if (census(facts, now, *row[:2]), waiting) != row[2:]:
            yield f"department_live at {now}: {row}"
    live = store.execute("select sum(census) from gold.department_live").fetchone()[0] or 0
    if live != sum(census(facts, now, h, d) for h, d in {(f["hospital_id"], f["department"]) for f in facts}):
        yield f"department_live at {now}: somebody is missing"
    for hospital, department, hour, start, end in store.execute("select hospital_id, department, hour_at, census_start, census_end from gold.census_hourly").fetchall():
        # an hour's end is the instant before the next begins
        edge = timedelta(microseconds=1)
        if (start, end) != (census(facts, hour - edge, hospital, department), census(facts, hour + timedelta(hours=1) - edge, hospital, department)):
            yield f"census_hourly at {now}: {hospital} {department} {hour} {start} {end}"
    for hospital, department, midnight, count in store.execute("select hospital_id, department, midnight_at, census from gold.midnight_census").fetchall():
        if count != census(facts, midnight, hospital, department):
            yield f"midnight_census at {now}: {hospital} {department} {midnight} {count}"
    for row in store.execute("select * from gold.patient_flow_conservation where difference <> 0").fetchall():
        yield f"patient_flow_conservation at {now}: {row}"


def from_oracle(rows):
    def text(value):
        if isinstance(value, datetime):
            value = value.isoformat(sep=" ")
            return value.rstrip("0") if "." in value else value
        return value

    return canonical([{k: text(v) if not isinstance(v, float) else v for k, v in row.items()} for row in rows])


def check(seed):
    """Problems of one world, as sentences."""
    world = World(seed)
    records = world.records()
    shuffler = random.Random(seed + 1)
    whole = told([records])
    problems = []
    for _ in range(2):
        shuffled = records[:]
        shuffler.shuffle(shuffled)
        cuts = sorted(shuffler.sample(range(1, len(shuffled)), 4))
        split = told([shuffled[a:b] for a, b in zip([0, *cuts], [*cuts, len(shuffled)])])
        for table in COMPARED:
            if whole.table(table) != split.table(table):
                problems.append(f"{table}: split {cuts} differs: {difference(whole.table(table), split.table(table))}")
    wanted = oracle.reduce_world(world.stays, world.movements, world.changes, HOSPITALS)
    for name, sql in (("facts", FACTS), ("beds", BEDS), ("patients", PATIENTS)):
        found, expected = canonical(whole.engine.rows(sql)), from_oracle(wanted[name])
        if found != expected:
            problems.append(f"{name}: models and oracle differ: {difference(found, expected)}")
    counts = dict(whole.execute("select rule, cast(sum(records) as int) from gold.quality_hourly group by rule").fetchall())
    for rule in ("duplicate", "admission_corrected", "unmatched_cancellation", "repeated_cancellation", "movement_after_discharge", "discharge_without_admission"):
        if counts.get(rule, 0) != wanted["findings"].get(rule, 0):
            problems.append(f"{rule}: {counts.get(rule, 0)} counted, {wanted['findings'].get(rule, 0)} by the oracle")
    if whole.execute(CONSERVED).fetchone()[0]:
        problems.append("hourly flow and facts disagree on who is present")
    for steps in (6, 30, 200):
        problems += list(view_problems(whole, wanted["facts"], world.start + world.step * steps))[:3]
    for table, column in (("silver.movement", "movement_key"), ("gold.fact_patient_flow", "patient_flow_key"), ("gold.bed_stay", "bed_stay_key"), ("gold.dim_patient", "patient_key")):
        if whole.execute(f"select count(*) - count(distinct {column}) from {table}").fetchone()[0]:
            problems.append(f"{column} is not unique in {table}")
    return problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--worlds", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stop", action="store_true")
    arguments = parser.parse_args()
    passed = failed = 0
    for seed in range(arguments.seed, arguments.seed + arguments.worlds):
        problems = check(seed)
        if problems:
            failed += 1
            print(f"FAIL world {seed}")
            for problem in problems:
                print("    ", problem)
            if arguments.stop:
                break
        else:
            passed += 1
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
