"""Invented but plausible answers for every endpoint of docs/api/openapi.yaml: seven hospitals with seven departments each.

History is a pure function of hospital, department and hour, so that the same question gets the same answer; the present moves with tick().
"""

import datetime as dt
import math
import random
import time

UTC = dt.timezone.utc
HOSPITALS = [
    (1, "Northgate General"), (2, "St Catherine"), (3, "Riverside"), (4, "Harbour View"),
    (5, "Elm Park"), (6, "Queens Bridge"), (7, "Westfield Infirmary"),
]
DEPARTMENTS = [  # name, specialty, staffed beds of the largest hospital, median stay in hours, median wait in minutes
    ("Emergency", "Emergency medicine", 34, 5.2, 24), ("Surgery", "General surgery", 46, 74, 41), ("ICU", "Critical care", 18, 62, 12),
    ("Pediatrics", "Paediatrics", 26, 41, 33), ("Maternity", "Obstetrics", 30, 52, 19), ("Oncology", "Oncology", 28, 118, 55),
    ("Cardiology", "Cardiology", 32, 83, 37),
]
GENDERS = ["female", "male", "other", "unknown"]
AGE_BANDS = ["0-17", "18-44", "45-64", "65-79", "80-89", "90+", "unknown"]
ZONE = "Europe/Berlin"
ZONES = {7: "Asia/Kolkata"}  # hospitals elsewhere
OFFSET = dt.timedelta(hours=1)  # good enough for a mock
PERIODS = {"24h": 24, "7d": 168, "14d": 336, "30d": 720}
RULES = [
    ("invalid_utf8", "quarantine", "The bytes are not UTF-8", 0.4), ("malformed_json", "quarantine", "Not a JSON object", 3.1),
    ("too_large", "quarantine", "Larger than 1 MB", 0), ("unknown_type", "quarantine", "Unknown movement type", 0.2),
    ("missing_patient", "quarantine", "No patient", 1.3), ("missing_hospital", "quarantine", "No hospital", 0.9),
    ("unknown_hospital", "quarantine", "A hospital we do not know", 0.5), ("missing_encounter", "quarantine", "No encounter", 0.1),
    ("unknown_department", "repair", "A department we do not know: counted as unmapped", 6.2),
    ("admission_missing", "repair", "No admission time: event time taken", 2.2),
    ("admission_unparsable", "repair", "Admission time not readable: event time taken", 1.7),
    ("admission_in_future", "repair", "Admission in the future: event time taken", 4.8),
    ("discharge_unparsable", "repair", "Discharge time not readable: left open", 0.8),
    ("discharge_before_admission", "repair", "Discharge before admission: left open", 2.9),
    ("age_out_of_range", "repair", "Age outside 0 to 120: left empty", 5.1), ("age_unparsable", "repair", "Age not readable: left empty", 0.6),
    ("duplicate", "set", "Same content again: counted once", 11.4), ("id_reused", "set", "Same id, other content: the later counts", 1.0),
    ("stay_too_long", "set", "Longer than 90 days: left out of averages", 0.3), ("bed_conflict", "set", "One bed, two patients", 1.9),
    ("inferred_admission", "set", "Movement without an admission", 0.7), ("unmatched_cancellation", "set", "Cancels what we do not have", 0.2),
    ("discharge_without_admission", "set", "Discharge without an admission", 0.1), ("repeated_cancellation", "set", "Cancels it again", 0.3),
]
SHAPE = [.35, .3, .28, .26, .3, .4, .55, .8, 1.1, 1.4, 1.55, 1.5, 1.4, 1.35, 1.3, 1.25, 1.3, 1.35, 1.3, 1.2, 1.0, .8, .6, .45]


def iso(t):
    return None if t is None else t.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def noise(*key):
    return random.Random(repr(key)).random()


def poisson(mean, *key):
    rnd, n, p, limit = random.Random(repr(key)), 0, 1.0, math.exp(-mean)
    while True:
        p *= rnd.random()
        if p <= limit or n > 60:
            return n
        n += 1


class World:
    def __init__(self, now=None, seed=7):
        self.random = random.Random(seed)
        self.started = now or dt.datetime.now(UTC).replace(microsecond=0)
        self.fixed = now is not None
        self.state = "live"
        self.batch = 1042
        self.committed = self.started
        self.total_events = 184_220
        self.silent = set()
        self.last_event = {h: self.started for h, _ in HOSPITALS}
        self.rows = {}
        for h, _ in HOSPITALS:
            for d, (name, specialty, beds, _, _) in enumerate(DEPARTMENTS):
                staffed = self.staffed(h, d)
                census = min(staffed + 3, self.level(h, d, self.started))
                self.rows[h, d] = {
                    "census": census, "closed": self.closed(h, d),
                    "waiting": int(noise("w", h, d) * (9 if d == 0 else 2.4)), "in": int(noise("i", h, d) * (4 if d == 0 else 2)), "out": int(noise("o", h, d) * (4 if d == 0 else 2)),
                    "in_today": int(noise("it", h, d) * beds * .35), "out_today": int(noise("ot", h, d) * beds * .3),
                    "expected": int(census * (.16 + .2 * noise("e", h, d))), "overdue": int(noise("v", h, d) ** 3 * 5),
                }

    # what never changes
    def staffed(self, h, d):
        return max(4, round(DEPARTMENTS[d][2] * (1.05 - .085 * h + .1 * noise("s", h, d))))

    def closed(self, h, d):
        return int(noise("c", h, d) ** 2 * 6) if noise("c2", h, d) > .45 else 0

    def level(self, h, d, at):
        """Census of a department at an hour of the past."""
        hours = int(at.timestamp() // 3600)
        day, week = hours % 24, hours % 168
        share = .66 + .3 * noise("l", h, d) + .05 * math.sin((day - 9) / 24 * 2 * math.pi) - .03 * (week > 110)
        share += .07 * math.sin(hours / 61 + h * 2 + d) + .03 * (noise("n", h, d, hours // 3) - .5)
        return max(0, round(self.staffed(h, d) * share))

    def rate(self, h, d, at):
        local = at + OFFSET
        weekday = 1.12 if local.weekday() == 0 else .82 if local.weekday() > 4 else 1
        return DEPARTMENTS[d][2] * (1.1 - .08 * h) * (.11 if d == 0 else .012) * SHAPE[local.hour] * weekday

    # the present
    def now(self):
        return self.started if self.fixed else dt.datetime.now(UTC).replace(microsecond=0)

    def tick(self, events=1):
        if self.state in ("empty", "stale", "quiet", "error"):
            return
        for _ in range(events):
            h, d = self.random.choice([x for x, _ in HOSPITALS if x not in self.silent]), self.random.randrange(len(DEPARTMENTS))
            row = self.rows[h, d]
            row.setdefault("home", row["census"])
            enters = self.random.random() < .5 - .12 * (row["census"] - row["home"])
            if row["census"] >= self.staffed(h, d) + 2:
                enters = False
            if row["census"] <= self.staffed(h, d) * .45:
                enters = True
            if enters:
                row["census"] += 1
                row["in"] = min(5 if d == 0 else 2, row["in"] + 1)
                row["in_today"] += self.random.random() < .05
                row["expected"] = min(row["census"] // 3, row["expected"] + (self.random.random() < .6))
                row["waiting"] = max(0, row["waiting"] - (self.random.random() < .6))
            else:
                row["census"] -= 1
                row["out"] = min(5 if d == 0 else 2, row["out"] + 1)
                row["out_today"] += self.random.random() < .05
                row["expected"] = max(0, row["expected"] - (self.random.random() < .5))
                row["waiting"] = min(9 if d == 0 else 2, row["waiting"] + (self.random.random() < .5))
            if self.random.random() < .6:
                row["in"], row["out"] = max(0, row["in"] - 1), max(0, row["out"] - 1)
            if self.random.random() < .05:
                row["overdue"] = max(0, min(2, row["overdue"] + self.random.choice([-1, -1, 1])))
            self.last_event[h] = self.now()
        self.batch += 1
        self.total_events += events
        self.committed = self.now()

    def envelope(self):
        if self.state == "empty":
            return {"as_of": None, "committed_at": None, "freshness_seconds": None, "batch": 0, "simulated": False, "speed": 1, "time_zone": "UTC"}
        return {
            "as_of": iso(self.committed), "committed_at": iso(self.committed),
            "freshness_seconds": round(max(0, (self.now() - self.committed).total_seconds()), 1), "batch": self.batch,
            "simulated": self.state == "simulated", "speed": 60 if self.state == "simulated" else 1, "time_zone": ZONE,
        }

    def pairs(self, q):
        if self.state == "empty":
            return []
        return [(h, d) for h, _ in HOSPITALS for d, row in enumerate(DEPARTMENTS)
                if q.get("hospital") in (None, str(h)) and q.get("department") in (None, row[0])]

    def figures(self, pairs):
        rows = [(self.rows[p], self.staffed(*p)) for p in pairs]
        census, staffed = sum(r["census"] for r, _ in rows), sum(s for _, s in rows)

        def total(key):
            return sum(r[key] for r, _ in rows)
        return {
            "census": census, "staffed_beds": staffed, "closed_beds": total("closed"), "free_beds": sum(max(0, s - r["census"]) for r, s in rows),
            "over_capacity": sum(max(0, r["census"] - s) for r, s in rows), "occupancy": round(census / staffed, 4) if staffed else None,
            "waiting": total("waiting"), "admissions_last_hour": total("in"), "discharges_last_hour": total("out"),
            "admissions_today": total("in_today"), "discharges_today": total("out_today"), "expected_discharges_24h": total("expected"),
            "overdue": total("overdue"),
        }

    def live(self, q=None):
        pairs = self.pairs(q or {})
        hospitals = sorted({h for h, _ in pairs})
        return self.envelope() | {
            "totals": self.figures(pairs),
            "hospitals": [{"hospital_id": h, "name": dict(HOSPITALS)[h], "time_zone": ZONES.get(h, ZONE), "last_event_at": iso(self.last_event[h]),
                           "silent": h in self.silent} | self.figures([p for p in pairs if p[0] == h]) for h in hospitals],
            "departments": [{"hospital_id": 2, "department": "unmapped", "specialty": None, "is_mapped": False} | self.figures([])
                            | {"census": 1, "over_capacity": 1}] * (q is None and self.state != "empty" or q == {}) + [
                            {"hospital_id": h, "department": DEPARTMENTS[d][0], "specialty": DEPARTMENTS[d][1], "is_mapped": True}
                            | self.figures([(h, d)]) for h, d in pairs],
        }

    def heartbeat(self):
        age = (self.now() - self.committed).total_seconds()
        stale = self.state == "stale"
        return {
            "at": iso(self.now()), "as_of": None if self.state == "empty" else iso(self.committed), "batch": self.envelope()["batch"],
            "committed_at": self.envelope()["committed_at"], "lag": 4180 if stale else 0, "lag_seconds": max(260, age) if stale else 0,
            "events_per_second": 0 if self.state in ("empty", "stale", "quiet") else round(8 + 3 * math.sin(time.time() / 9), 1),
            "feeds": [] if self.state == "empty" else [
                {"hospital_id": h, "age_seconds": (self.now() - self.last_event[h]).total_seconds(), "silent": h in self.silent} for h, _ in HOSPITALS],
        }
