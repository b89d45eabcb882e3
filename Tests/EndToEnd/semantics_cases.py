"""Cases of the rules for events: what a hospital sends, and the department visits that must be in gold. Written by hand from the
rules and not from the models. A visit says what is compared; "any" and "?" stand for what the case does not speak of; `rules` are those of
WATCHED that find something, as often as they do."""
import itertools

NETWORK = """hospitals:
  - id: 1
    name: London
    time_zone: Europe/London
    departments: [{name: Emergency, specialty: E, staffed_beds: 20}, {name: Cardiology, specialty: C, staffed_beds: 10},
                  {name: ICU, specialty: I, staffed_beds: 4}]
  - {id: 2, name: Berlin, time_zone: Europe/Berlin, departments: [{name: ICU, specialty: I, staffed_beds: 4}]}
  - {id: 3, name: Pune, time_zone: Asia/Kolkata, departments: [{name: ICU, specialty: I, staffed_beds: 4}]}
  - {id: 4, name: Lord Howe, time_zone: Australia/Lord_Howe, departments: [{name: Emergency, specialty: E, staffed_beds: 20}]}
  - {id: 5, name: Kathmandu, time_zone: Asia/Kathmandu, departments: [{name: Emergency, specialty: E, staffed_beds: 20}]}
  - {id: 6, name: Presuming, time_zone: America/New_York, presume_discharge: true, departments: [{name: ICU, specialty: I, staffed_beds: 4}]}
"""
WATCHED = ["repeated_cancellation", "discharge_without_admission"]
CASES = {}
numbers = itertools.count()


def t(day, hour=0, minute=0, second=0):
    return f"2026-03-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}Z"


def pid():
    return f"P{next(numbers):03d}"


def stay(patient, h=1, **fields):
    record = dict(patient_id=patient, hospital_id=h, department="Cardiology", bed_id="C1-" + patient, gender="Female", age=50) | fields
    return {name: value for name, value in record.items() if value is not ...}


def move(patient, type, at, department=None, h=1, bed=None, rec=None, **fields):
    record = dict(event_id=fields.pop("event_id", f"{patient}-{type}-{at}-{department}"), type=type, occurred_at=at, recorded_at=rec or at,
                  hospital_id=h, patient_id=patient, encounter_id="E-" + patient)
    if department or bed:
        record["location"] = {"department": department, "bed": bed}
    return record | fields


def visit(department, admission, discharge=None, expected=None, flags="", **more):
    return dict(department=department, admission=admission, discharge=discharge, expected=expected, flags=flags, **more)


def case(name, events, visits, **more):
    CASES[name] = (events, visits, more)


# ── stay records
p = pid()
case("confirmed discharge",
     [stay(p, admission_time=t(2, 10), discharge_time=t(3, 10), event_time=t(3, 10, 5))],
     [visit("Cardiology", t(2, 10), t(3, 10), age=50, los=24.0)])
p = pid()
case("discharge exactly at event time is confirmed",
     [stay(p, admission_time=t(2, 10), discharge_time=t(3, 10), event_time=t(3, 10))],
     [visit("Cardiology", t(2, 10), t(3, 10))])
p = pid()
case("discharge later than the record is expected",
     [stay(p, admission_time=t(2, 10), discharge_time=t(3, 10), event_time=t(2, 10, 5))],
     [visit("Cardiology", t(2, 10), None, t(3, 10))])
p = pid()
case("expected, then later expected, then confirmed",
     [stay(p, admission_time=t(2, 10), discharge_time=t(3, 10), event_time=t(2, 10, 5)),
      stay(p, admission_time=t(2, 10), discharge_time=t(4, 10), event_time=t(3, 9)),
      stay(p, admission_time=t(2, 10), discharge_time=t(4, 9, 30), event_time=t(4, 9, 31))],
     [visit("Cardiology", t(2, 10), t(4, 9, 30), "any")])
p = pid()
case("later record withdraws the discharge",
     [stay(p, admission_time=t(2, 10), discharge_time=t(3, 10), event_time=t(3, 11)),
      stay(p, admission_time=t(2, 10), discharge_time=None, event_time=t(3, 12))],
     [visit("Cardiology", t(2, 10), None)])
p = pid()
case("later record withdraws the expected discharge",
     [stay(p, admission_time=t(2, 10), discharge_time=t(5, 10), event_time=t(2, 11)),
      stay(p, admission_time=t(2, 10), event_time=t(3, 12))],
     [visit("Cardiology", t(2, 10), None, None)])
p = pid()
case("later record withdraws a confirmed one for an expected one",
     [stay(p, admission_time=t(2, 10), discharge_time=t(3, 10), event_time=t(3, 11)),
      stay(p, admission_time=t(2, 10), discharge_time=t(9, 10), event_time=t(3, 12))],
     [visit("Cardiology", t(2, 10), None, t(9, 10))])
p = pid()
case("changed department with event_time is a transfer",
     [stay(p, admission_time=t(2, 10), event_time=t(2, 10, 1)),
      stay(p, department="ICU", bed_id="I1-"+p, admission_time=t(2, 10), event_time=t(3, 8))],
     [visit("Cardiology", t(2, 10), t(3, 8), bed="C1-"+p), visit("ICU", t(3, 8), None, bed="I1-"+p)])
p = pid()
case("transfer and discharge",
     [stay(p, admission_time=t(2, 10), event_time=t(2, 10, 1)),
      stay(p, department="ICU", admission_time=t(2, 10), event_time=t(3, 8)),
      stay(p, department="ICU", admission_time=t(2, 10), discharge_time=t(4, 8), event_time=t(4, 8))],
     [visit("Cardiology", t(2, 10), t(3, 8)), visit("ICU", t(3, 8), t(4, 8))])
p = pid()
case("changed department without event_time is a correction",
     [stay(p, admission_time=t(2, 10)), stay(p, department="ICU", admission_time=t(2, 10), discharge_time=t(4, 10))],
     [visit("?", t(2, 10), "?")], hubtime=True)
p = pid()
case("there and back",
     [stay(p, admission_time=t(2, 10), event_time=t(2, 10, 1)),
      stay(p, department="ICU", admission_time=t(2, 10), event_time=t(3, 8)),
      stay(p, admission_time=t(2, 10), event_time=t(4, 8))],
     [visit("Cardiology", t(2, 10), t(3, 8)), visit("ICU", t(3, 8), t(4, 8)), visit("Cardiology", t(4, 8))])
p = pid()
case("overlapping stays are one with corrected admission",
     [stay(p, admission_time=t(2, 10), discharge_time=t(9, 10), event_time=t(2, 10, 1)),
      stay(p, admission_time=t(2, 9), discharge_time=t(9, 10), event_time=t(2, 12))],
     [visit("Cardiology", t(2, 9), None, t(9, 10), flags="admission_corrected")])
p = pid()
case("overlapping open stays, admission moved later",
     [stay(p, admission_time=t(2, 10), event_time=t(2, 10, 1)), stay(p, admission_time=t(2, 11), event_time=t(2, 12))],
     [visit("Cardiology", t(2, 11), None, flags="admission_corrected")])
p = pid()
case("two disjoint stays of one patient",
     [stay(p, admission_time=t(2, 10), discharge_time=t(3, 10), event_time=t(3, 10)),
      stay(p, admission_time=t(5, 10), discharge_time=t(6, 10), event_time=t(6, 10))],
     [visit("Cardiology", t(2, 10), t(3, 10)), visit("Cardiology", t(5, 10), t(6, 10))])
p = pid()
case("back-to-back stays are two",
     [stay(p, admission_time=t(2, 10), discharge_time=t(3, 10), event_time=t(3, 10)),
      stay(p, admission_time=t(3, 10), discharge_time=t(6, 10), event_time=t(6, 10))],
     [visit("Cardiology", t(2, 10), t(3, 10)), visit("Cardiology", t(3, 10), t(6, 10))])
p = pid()
case("same patient number in two hospitals is two people",
     [stay(p, h=1, admission_time=t(2, 10), discharge_time=t(9, 10), event_time=t(9, 10)),
      stay(p, h=2, department="ICU", admission_time=t(3, 10), discharge_time=t(8, 10), event_time=t(8, 10))],
     [visit("Cardiology", t(2, 10), t(9, 10)), visit("ICU", t(3, 10), t(8, 10))])
p = pid()
case("different encounter ids overlapping stay two",
     [stay(p, encounter_id="A"+p, admission_time=t(2, 10), discharge_time=t(9, 10), event_time=t(9, 10)),
      stay(p, encounter_id="B"+p, admission_time=t(3, 10), discharge_time=t(8, 10), event_time=t(8, 10))],
     [visit("Cardiology", t(2, 10), t(9, 10)), visit("Cardiology", t(3, 10), t(8, 10))], beds=True)
p = pid()
case("encounter id: admission corrected by a later record",
     [stay(p, encounter_id="A"+p, admission_time=t(2, 10), event_time=t(2, 11)),
      stay(p, encounter_id="A"+p, admission_time=t(2, 8), discharge_time=t(3, 8), event_time=t(3, 9))],
     [visit("Cardiology", t(2, 8), t(3, 8))])
# times
p = pid()
case("offset honoured",
     [stay(p, admission_time="2026-03-02T10:00:00+02:00", discharge_time="2026-03-03T10:00:00-0500", event_time="2026-03-03T20:00:00+00:00")],
     [visit("Cardiology", t(2, 8), t(3, 15))])
p = pid()
case("no offset is UTC, also in Kolkata",
     [stay(p, h=3, department="ICU", admission_time="2026-03-02T20:00:00", discharge_time="2026-03-03T10:00:00.250000",
           event_time="2026-03-03T20:00:00")],
     [visit("ICU", t(2, 20), "2026-03-03T10:00:00.250000Z", date="2026-03-03")])
p = pid()
case("space instead of T",
     [stay(p, admission_time="2026-03-02 20:00:00", discharge_time="2026-03-03 10:00", event_time="2026-03-03T20:00Z")],
     [visit("Cardiology", t(2, 20), t(3, 10))])
p = pid()
case("microseconds kept",
     [stay(p, admission_time="2026-03-02T20:00:00.123456", discharge_time="2026-03-03T10:00:00.654321Z", event_time="2026-03-03T20:00Z")],
     [visit("Cardiology", "2026-03-02T20:00:00.123456Z", "2026-03-03T10:00:00.654321Z")])
p = pid()
case("same instant in other words is the same stay? (raw admission differs: overlap, one)",
     [stay(p, admission_time="2026-03-02T10:00:00+02:00", event_time=t(2, 9)),
      stay(p, admission_time="2026-03-02T08:00:00Z", discharge_time=t(3, 8), event_time=t(3, 9))],
     [visit("Cardiology", t(2, 8), t(3, 8), flags="*")])
p = pid()
case("admission exactly 15 minutes ahead is believed", [stay(p, admission_time=t(2, 10, 15), event_time=t(2, 10))],
     [visit("Cardiology", t(2, 10, 15))])
p = pid()
case("admission more than 15 minutes ahead",
     [stay(p, admission_time=t(2, 10, 15, 1), event_time=t(2, 10))],
     [visit("Cardiology", t(2, 10), flags="admission_in_future")])
p = pid()
case("admission missing", [stay(p, event_time=t(2, 10))], [visit("Cardiology", t(2, 10), flags="admission_missing")])
p = pid()
case("admission null", [stay(p, admission_time=None, event_time=t(2, 10))], [visit("Cardiology", t(2, 10), flags="admission_missing")])
p = pid()
case("admission empty text",
     [stay(p, admission_time="", event_time=t(2, 10))],
     [visit("Cardiology", t(2, 10), flags="admission_missing|admission_unparsable")])
p = pid()
case("admission nonsense", [stay(p, admission_time="yesterday", event_time=t(2, 10))], [visit("Cardiology", t(2, 10), flags="admission_unparsable")])
p = pid()
case("admission impossible date",
     [stay(p, admission_time="2026-02-30T10:00:00Z", event_time=t(2, 10))],
     [visit("Cardiology", t(2, 10), flags="admission_unparsable")])
p = pid()
case("admission is a number", [stay(p, admission_time=1772445600, event_time=t(2, 10))],
     [visit("Cardiology", t(2, 10), flags="admission_unparsable")])
p = pid()
case("missing admission keeps its identity: two records with raw none are one stay",
     [stay(p, event_time=t(2, 10)), stay(p, discharge_time=t(3, 10), event_time=t(3, 11))],
     [visit("Cardiology", "?", "?", flags="*")])
p = pid()
case("discharge before admission",
     [stay(p, admission_time=t(2, 10), discharge_time=t(2, 9), event_time=t(2, 11))],
     [visit("Cardiology", t(2, 10), None, flags="discharge_before_admission")])
p = pid()
case("discharge equals admission",
     [stay(p, admission_time=t(2, 10), discharge_time=t(2, 10), event_time=t(2, 11))],
     [visit("Cardiology", t(2, 10), t(2, 10), los=0.0)])
p = pid()
case("discharge nonsense",
     [stay(p, admission_time=t(2, 10), discharge_time="n/a", event_time=t(2, 11))],
     [visit("Cardiology", t(2, 10), None, flags="discharge_unparsable")])
AGES = [(0, 0, ""), (120, 120, ""), (121, None, "age_out_of_range"), (-1, None, "age_out_of_range"), ("x", None, "age_unparsable"),
        (42.5, None, "age_unparsable"), ("42", 42, ""), (90, 90, ""), (None, None, ""), (True, None, "age_unparsable")]
for sent, kept, flag in AGES: 
    p = pid()
    case(f"age {sent!r}", [stay(p, age=sent, admission_time=t(2, 10), event_time=t(2, 11))], [visit("Cardiology", t(2, 10), flags=flag, age=kept)])
p = pid()
case("unknown department",
     [stay(p, department="Dermatology", admission_time=t(2, 10), event_time=t(2, 11))],
     [visit("unmapped", t(2, 10), flags="unknown_department")])
p = pid()
case("missing department",
     [stay(p, department=None, admission_time=t(2, 10), event_time=t(2, 11))],
     [visit("unmapped", t(2, 10), flags="unknown_department")])
p = pid()
case("department in other case", [stay(p, department=" cardiology ", admission_time=t(2, 10), event_time=t(2, 11))], [visit("Cardiology", t(2, 10))])
p = pid()
case("unmapped to mapped is a transfer",
     [stay(p, department="Dermatology", admission_time=t(2, 10), event_time=t(2, 11)),
      stay(p, admission_time=t(2, 10), event_time=t(3, 11))],
     [visit("unmapped", t(2, 10), t(3, 11), flags="*"), visit("Cardiology", t(3, 11), flags="*")])
p = pid()
case("unknown hospital", [stay(p, h=99, admission_time=t(2, 10), event_time=t(2, 11))], [], quarantine=["unknown_hospital"])
p = pid()
case("missing hospital", [stay(p, h=..., admission_time=t(2, 10), event_time=t(2, 11))], [], quarantine=["missing_hospital"])
p = pid()
case("hospital as text", [stay(p, h="1", admission_time=t(2, 10), event_time=t(2, 11))], [visit("Cardiology", t(2, 10))])
p = pid()
case("number patient",
     [dict(stay("x"+p, admission_time=t(2, 10), event_time=t(2, 11)), patient_id=700000001)],
     [visit("Cardiology", t(2, 10))], patient="700000001")
p = pid()
case("stay over 90 days",
     [stay(p, admission_time="2025-11-01T00:00:00Z", discharge_time="2026-03-01T00:00:00Z", event_time="2026-03-01T00:00:00Z")],
     [visit("Cardiology", "2025-11-01T00:00:00Z", "2026-03-01T00:00:00Z", flags="stay_too_long")])
p = pid()
case("stay exactly 90 days",
     [stay(p, admission_time="2025-11-01T00:00:00Z", discharge_time="2026-01-30T00:00:00Z", event_time="2026-03-01T00:00:00Z")],
     [visit("Cardiology", "2025-11-01T00:00:00Z", "2026-01-30T00:00:00Z")])
p = pid()
case("exact duplicate", [stay(p, event_id="d"+p, admission_time=t(2, 10), event_time=t(2, 11))]*3, [visit("Cardiology", t(2, 10), flags="")], dup=2)
p = pid()
case("same content without id", [stay(p, admission_time=t(2, 10), event_time=t(2, 11))]*2, [visit("Cardiology", t(2, 10))], dup=1)
p = pid()
case("id reused with other content",
     [stay(p, event_id="r"+p, admission_time=t(2, 10), discharge_time=t(3, 10), event_time=t(3, 11)),
      stay(p, event_id="r"+p, admission_time=t(2, 10), discharge_time=t(3, 12), event_time=t(3, 13))],
     [visit("Cardiology", t(2, 10), t(3, 12), flags="id_reused")])
p = pid()
case("presumed discharge",
     [stay(p, h=6, department="ICU", admission_time=t(2, 10), discharge_time=t(3, 10), event_time=t(2, 11))],
     [visit("ICU", t(2, 10), t(3, 10), "any", flags="presumed_discharge")])
p = pid()
case("presumed then corrected later",
     [stay(p, h=6, department="ICU", admission_time=t(2, 10), discharge_time=t(3, 10), event_time=t(2, 11)),
      stay(p, h=6, department="ICU", admission_time=t(2, 10), discharge_time=t(4, 10), event_time=t(4, 10))],
     [visit("ICU", t(2, 10), t(4, 10), "any")])
p = pid()
case("extra fields are no error",
     [stay(p, admission_time=t(2, 10), event_time=t(2, 11), ward_colour="blue", deep={"a": [1, {"b":2}]})],
     [visit("Cardiology", t(2, 10))])
p = pid()
case("event_time nonsense", [stay(p, admission_time=t(2, 10), event_time="soon")], [visit("Cardiology", t(2, 10), flags="event_time_unparsable")])
p = pid()
case("wait", [stay(p, admission_time=t(2, 10), event_time=t(2, 11), wait_time_minutes=37.5)], [visit("Cardiology", t(2, 10), wait=37.5)])
p = pid()
case("zone: London summer date",
     [stay(p, admission_time="2026-06-02T23:30:00Z", event_time="2026-06-03T23:30:00Z")],
     [visit("Cardiology", "2026-06-02T23:30:00Z", date="2026-06-03")])
p = pid()
case("zone: Lord Howe",
     [stay(p, h=4, department="Emergency", admission_time="2026-04-04T14:45:00Z", discharge_time="2026-04-05T14:00:00Z",
           event_time="2026-04-05T23:30:00Z")],
     [visit("Emergency", "2026-04-04T14:45:00Z", "2026-04-05T14:00:00Z", date="2026-04-05", los=23.25)])
p = pid()
case("zone: Kathmandu",
     [stay(p, h=5, department="Emergency", admission_time=t(2, 18, 14, 59), event_time=t(3, 10))],
     [visit("Emergency", t(2, 18, 14, 59), date="2026-03-02")])
p = pid()
case("zone: Kathmandu midnight",
     [stay(p, h=5, department="Emergency", admission_time=t(2, 18, 15), event_time=t(3, 10))],
     [visit("Emergency", t(2, 18, 15), date="2026-03-03")])
# ── movements
def journey(p, *more):
    return [move(p, "arrive", t(2, 8), "Emergency"), move(p, "admit", t(2, 9), "Emergency", bed="E" + p),
            move(p, "transfer", t(2, 12), "Cardiology", bed="C" + p), move(p, "discharge", t(4, 9))] + list(more)


def full():
    return [visit("Emergency", t(2, 9), t(2, 12)), visit("Cardiology", t(2, 12), t(4, 9))]


p = pid()
case("arrive admit transfer discharge", journey(p), full())
p = pid()
case("cancel_discharge by id",
     journey(p, move(p, "cancel_discharge", t(4, 10), cancels=f"{p}-discharge-{t(4,9)}-None")),
     [visit("Emergency", t(2, 9), t(2, 12)), visit("Cardiology", t(2, 12))])
p = pid()
case("cancel_discharge by time", journey(p, move(p, "cancel_discharge", t(4, 9), rec=t(4, 10))),
     [visit("Emergency", t(2, 9), t(2, 12)), visit("Cardiology", t(2, 12))])
p = pid()
case("cancel_discharge last", journey(p, move(p, "cancel_discharge", t(4, 11))),
     [visit("Emergency", t(2, 9), t(2, 12)), visit("Cardiology", t(2, 12))])
p = pid()
case("cancel_transfer by id",
     journey(p, move(p, "cancel_transfer", t(3, 10), cancels=f"{p}-transfer-{t(2,12)}-Cardiology")),
     [visit("Emergency", t(2, 9), t(4, 9))])
p = pid()
case("cancel first of two transfers by time",
     journey(p, move(p, "transfer", t(3, 1), "ICU"), move(p, "cancel_transfer", t(2, 12), rec=t(3, 10))),
     [visit("Emergency", t(2, 9), t(3, 1)), visit("ICU", t(3, 1), t(4, 9))])
p = pid()
case("cancel last of two transfers", journey(p, move(p, "transfer", t(3, 1), "ICU"), move(p, "cancel_transfer", t(3, 10))), full())
p = pid()
case("two cancels cancel two transfers",
     journey(p, move(p, "transfer", t(3, 1), "ICU"), move(p, "cancel_transfer", t(3, 10)), move(p, "cancel_transfer", t(3, 11))),
     [visit("Emergency", t(2, 9), t(4, 9))])
p = pid()
case("a cancellation sent again under another id takes nothing else",
     journey(p, move(p, "transfer", t(3, 1), "ICU"), move(p, "cancel_transfer", t(3, 1), rec=t(3, 10)),
             move(p, "cancel_transfer", t(3, 1), rec=t(3, 10), event_id="again"+p), move(p, "cancel_transfer", t(3, 1), rec=t(3, 11), event_id="more"+p)),
     full(), rules=["repeated_cancellation"] * 2)
p = pid()
case("a named cancellation sent again under another id takes nothing else",
     journey(p, *[move(p, "cancel_transfer", t(3, 10 + i), event_id=f"c{i}"+p, cancels=f"{p}-transfer-{t(3,1)}-ICU") for i in range(3)],
             move(p, "transfer", t(3, 1), "ICU")), full(), rules=["repeated_cancellation"] * 2)
p = pid()
case("a cancellation of what another has cancelled by name takes nothing else",
     journey(p, move(p, "transfer", t(3, 1), "ICU"), move(p, "cancel_transfer", t(3, 10), cancels=f"{p}-transfer-{t(3,1)}-ICU"),
             move(p, "cancel_transfer", t(3, 1), rec=t(3, 9), event_id="again"+p)), full(), rules=["repeated_cancellation"])
p = pid()
case("a cancellation sent again leaves what was entered in place of the cancelled",
     [move(p, "admit", t(2, 9), "Emergency"), move(p, "transfer", t(2, 12), "Cardiology"), move(p, "cancel_transfer", t(2, 12), rec=t(2, 13)),
      move(p, "cancel_transfer", t(2, 12), rec=t(2, 13), event_id="again"+p), move(p, "transfer", t(2, 12), "ICU", rec=t(2, 14))],
     [visit("Emergency", t(2, 9), t(2, 12)), visit("ICU", t(2, 12))], rules=["repeated_cancellation"])
p = pid()
case("a cancellation of no movement's time, sent again, takes the last and no other",
     journey(p, move(p, "transfer", t(3, 1), "ICU"), move(p, "cancel_transfer", t(3, 10)), move(p, "cancel_transfer", t(3, 10), event_id="again"+p)),
     full(), rules=["repeated_cancellation"])
p = pid()
case("cancel_admit sent again leaves the new admission",
     [move(p, "admit", t(2, 9), "Emergency"), move(p, "cancel_admit", t(2, 9), rec=t(2, 10)), move(p, "admit", t(2, 11), "ICU"),
      move(p, "cancel_admit", t(2, 9), rec=t(2, 12), event_id="again"+p)], [visit("ICU", t(2, 11))],
     rules=["repeated_cancellation"])
p = pid()
case("cancel then re-discharge",
     journey(p, move(p, "cancel_discharge", t(4, 10)), move(p, "discharge", t(5, 9))),
     [visit("Emergency", t(2, 9), t(2, 12)), visit("Cardiology", t(2, 12), t(5, 9))])
p = pid()
case("cancel_admit of an admission alone: nothing", [move(p, "admit", t(2, 9), "Emergency"), move(p, "cancel_admit", t(2, 10))], [])
p = pid()
case("cancel_admit then a new admit",
     [move(p, "admit", t(2, 9), "Emergency"), move(p, "cancel_admit", t(2, 10)), move(p, "admit", t(2, 11), "ICU"), move(p, "discharge", t(2, 20))],
     [visit("ICU", t(2, 11), t(2, 20))])
p = pid()
case("cancel_arrive alone: nothing", [move(p, "arrive", t(2, 9), "Emergency"), move(p, "cancel_arrive", t(2, 10))], [])
p = pid()
case("cancelled arrive before admit",
     [move(p, "arrive", t(2, 8), "Emergency"), move(p, "admit", t(2, 9), "ICU"), move(p, "cancel_arrive", t(2, 8), rec=t(2, 10))],
     [visit("ICU", t(2, 9), arrival=None)])
p = pid()
case("expected discharge and its cancellation",
     [move(p, "admit", t(2, 9), "ICU"),
      move(p, "expected_discharge", t(2, 10), expected_discharge_time=t(5, 9)),
      move(p, "cancel_expected_discharge", t(2, 11))],
     [visit("ICU", t(2, 9), None, None)])
p = pid()
case("expected discharge superseded",
     [move(p, "admit", t(2, 9), "ICU"),
      move(p, "expected_discharge", t(2, 10), expected_discharge_time=t(5, 9)),
      move(p, "expected_discharge", t(2, 11), expected_discharge_time=t(6, 9))],
     [visit("ICU", t(2, 9), None, t(6, 9))])
p = pid()
case("cancelled second expectation: the first stands again",
     [move(p, "admit", t(2, 9), "ICU"),
      move(p, "expected_discharge", t(2, 10), expected_discharge_time=t(5, 9)),
      move(p, "expected_discharge", t(2, 11), expected_discharge_time=t(6, 9)),
      move(p, "cancel_expected_discharge", t(2, 12))],
     [visit("ICU", t(2, 9), None, t(5, 9))])
p = pid()
case("cancellation recorded before its target is known",
     [move(p, "admit", t(2, 9), "ICU"),
      move(p, "cancel_discharge", t(3, 10), cancels="late"+p),
      move(p, "discharge", t(3, 9), rec=t(3, 12), event_id="late"+p)],
     [visit("ICU", t(2, 9), None)])
p = pid()
case("unmatched cancellation changes nothing", [move(p, "admit", t(2, 9), "ICU"), move(p, "cancel_discharge", t(3, 10))],
     [visit("ICU", t(2, 9), None, flags="*")])
p = pid()
case("transfer without admission",
     [move(p, "transfer", t(2, 9), "ICU"), move(p, "discharge", t(2, 12))],
     [visit("ICU", t(2, 9), t(2, 12), flags="inferred_admission")])
p = pid()
case("discharge without admission: no visit", [move(p, "discharge", t(2, 12))], [], rules=["discharge_without_admission"])
p = pid()
case("discharge of a cancelled admission: no visit",
     [move(p, "admit", t(2, 9), "ICU"), move(p, "cancel_admit", t(2, 9), rec=t(2, 10)), move(p, "discharge", t(2, 12))], [],
     rules=["discharge_without_admission"])
p = pid()
case("expected discharge without admission: no visit",
     [move(p, "expected_discharge", t(2, 12), expected_discharge_time=t(5, 9))], [], rules=["discharge_without_admission"])
p = pid()
case("discharge before its admission is told", [move(p, "discharge", t(2, 12)), move(p, "admit", t(2, 9), "ICU", rec=t(2, 13))],
     [visit("ICU", t(2, 9), t(2, 12))])
p = pid()
case("left without being seen", [move(p, "arrive", t(2, 9), "Emergency"), move(p, "discharge", t(2, 12))],
     [visit("Emergency", None, t(2, 12), arrival=t(2, 9))])
p = pid()
case("movement after discharge",
     journey(p, move(p, "transfer", t(5, 1), "ICU")),
     [visit("Emergency", t(2, 9), t(2, 12), flags="*"), visit("Cardiology", t(2, 12), t(4, 9), flags="*")])
p = pid()
case("bed move in one department is one visit",
     [move(p, "admit", t(2, 9), "ICU", bed="I1"+p), move(p, "transfer", t(2, 10), "ICU", bed="I2"+p), move(p, "discharge", t(2, 12))],
     [visit("ICU", t(2, 9), t(2, 12))], bedstays=[("I1"+p, t(2, 9), t(2, 10)), ("I2"+p, t(2, 10), t(2, 12))])
p = pid()
case("occurred in future", [move(p, "admit", t(2, 9, 16), "ICU", rec=t(2, 9))], [visit("ICU", t(2, 9), flags="occurred_in_future")])
p = pid()
case("occurred exactly 15 minutes ahead", [move(p, "admit", t(2, 9, 15), "ICU", rec=t(2, 9))], [visit("ICU", t(2, 9, 15))])
p = pid()
case("occurred missing", [dict(move(p, "admit", t(2, 9), "ICU"), occurred_at=None)], [visit("ICU", t(2, 9), flags="occurred_missing")])
p = pid()
case("occurred nonsense", [dict(move(p, "admit", "x", "ICU", rec=t(2, 9)))], [visit("ICU", t(2, 9), flags="occurred_unparsable")])
p = pid()
case("unknown type", [move(p, "teleport", t(2, 9), "ICU")], [], quarantine=["unknown_type"])
p = pid()
case("movement without encounter", [{k: w for k, w in move(p, "admit", t(2, 9), "ICU").items() if k != "encounter_id"}],
     [], quarantine=["missing_encounter"])
p = pid()
case("same id reused with other content, movement",
     [move(p, "admit", t(2, 9), "ICU", event_id="z"+p), move(p, "admit", t(2, 10), "Emergency", event_id="z"+p)],
     [visit("Emergency", t(2, 10), flags="id_reused")])
p = pid()
case("birth date", [move(p, "admit", t(2, 9), "ICU", birth_date="1936-03-03")], [visit("ICU", t(2, 9), age=89)])
p = pid()
case("movement with null patient", [dict(move(p, "admit", t(2, 9), "ICU"), patient_id="")], [], quarantine=["missing_patient"])
p = pid()
case("presume on movements",
     [move(p, "admit", t(2, 9), "ICU", h=6), move(p, "expected_discharge", t(2, 10), h=6, expected_discharge_time=t(5, 9))],
     [visit("ICU", t(2, 9), t(5, 9), "any", flags="presumed_discharge")])
