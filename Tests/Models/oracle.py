"""What the models must give, told once more in plain Python: no SQL, one journey at a time, one step after another.

`reduce_world` takes parsed rows (dicts as in parsed.*) and the hospitals, and returns facts, bed stays and patients.
It shares nothing with the models but the rules.
"""

import hashlib
from collections import defaultdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

PAST = datetime(1900, 1, 1)
FUTURE = datetime(9999, 12, 31)
LONG_STAY = timedelta(hours=2160)
TYPES = ["arrive", "admit", "transfer", "expected_discharge", "discharge"]
GENDERS = {"male": "male", "m": "male", "female": "female", "f": "female", "other": "other", "o": "other"}


def key(text):
    return int(hashlib.md5(text.encode()).hexdigest()[:15], 16)


def gender_of(text):
    text = (text or "").strip().lower()
    return None if text == "" else GENDERS.get(text, "unknown")


def band_of(age):
    if age is None:
        return None
    for low, high in ((0, 17), (18, 44), (45, 64), (65, 79), (80, 89)):
        if low <= age <= high:
            return f"{low}-{high}"
    return "90+"


def wrong_in(row, field):
    return field in (row.get("wrong") or "").split(",")


def clean(text):
    return (text or "").strip() or None


def local(instant, zone):
    return instant.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


# one record -----------------------------------------------------------------------------------------------------------


def repair_time(sent, recorded, row, field, prefix):
    if sent is None:
        return recorded, [f"{prefix}_unparsable" if wrong_in(row, field) else f"{prefix}_missing"]
    if sent > recorded + timedelta(minutes=15):
        return recorded, [f"{prefix}_in_future"]
    return sent, []


def read_stay(row):
    recorded = row.get("event_time") or row["enqueued_at"]
    admission, flags = repair_time(row.get("admission_time"), recorded, row, "admission_time", "admission")
    discharge, age = row.get("discharge_time"), row.get("age")
    if wrong_in(row, "discharge_time"):
        flags.append("discharge_unparsable")
    if discharge is not None and discharge < admission:
        flags.append("discharge_before_admission")
        discharge = None
    if age is not None and not 0 <= age <= 120:
        flags.append("age_out_of_range")
        age = None
    if wrong_in(row, "age"):
        flags.append("age_unparsable")
    if wrong_in(row, "event_time"):
        flags.append("event_time_unparsable")
    return {
        **row, "recorded": recorded, "timed": row.get("event_time") is not None, "admission": admission,
        "discharge": discharge, "age": age, "gender": gender_of(row.get("gender")), "flags": flags,
        "department": clean(row.get("department")), "bed": clean(row.get("bed_id")), "wait": row.get("wait_time_minutes"),
    }


def read_movement(row):
    recorded = row.get("recorded_at") or row["enqueued_at"]
    occurred, flags = repair_time(row.get("occurred_at"), recorded, row, "occurred_at", "occurred")
    age, born = row.get("age"), row.get("birth_date")
    if age is None and born is not None:
        age = occurred.year - born.year - ((occurred.month, occurred.day) < (born.month, born.day))
    birth_year = born.year if born else None
    if age is not None and not 0 <= age <= 120:
        flags.append("age_out_of_range")
        age = birth_year = None
    if wrong_in(row, "age"):
        flags.append("age_unparsable")
    if wrong_in(row, "recorded_at"):
        flags.append("recorded_unparsable")
    kind = row["type"]
    return {
        **row, "recorded": recorded, "occurred": occurred, "age": age, "birth_year": birth_year if age is not None else None,
        "gender": gender_of(row.get("gender")), "flags": flags, "cancel": kind.startswith("cancel_"),
        "kind": kind.removeprefix("cancel_"), "department": clean(row.get("department")), "room": clean(row.get("room")),
        "bed": clean(row.get("bed_id")), "class": clean(row.get("class")), "disposition": clean(row.get("disposition")),
    }


# several records ------------------------------------------------------------------------------------------------------


def by_order(record):
    return (record["recorded"], record["content_hash"])


def once(records):
    """Same content once (the earliest copy), of one event id the last: (kept, superseded, ids reused, copies dropped)."""
    first = {}
    for record in sorted(records, key=lambda r: (r["enqueued_at"], r["hub_partition"], r["hub_offset"])):
        first.setdefault(record["content_hash"], record)
    versions = defaultdict(list)
    for record in first.values():
        if record.get("event_key") is not None:
            versions[record["event_key"]].append(record)
    reused = {event for event, found in versions.items() if len(found) > 1}
    last = {event: max(found, key=by_order) for event, found in versions.items()}
    kept, superseded = [], []
    for record in first.values():
        event = record.get("event_key")
        (kept if event is None or last[event] is record else superseded).append(record)
    return sorted(kept, key=by_order), superseded, reused, len(records) - len(first)


def stays_of(records):
    """Groups a journey's stay records to stays: overlapping encounters are one."""
    encounters = defaultdict(list)
    for record in records:
        encounters[record["encounter_id"]].append(record)
    spans = []
    for members in encounters.values():
        last = max(members, key=by_order)
        spans.append((last["admission"], last["discharge"] or FUTURE, key(last["encounter_id"]), members))
    stays, reach = [], None
    for start, end, _, members in sorted(spans, key=lambda s: s[:3]):
        if reach is not None and start < reach:
            stays[-1].append(members)
        else:
            stays.append([members])
        reach = end if reach is None else max(reach, end)
    return stays


def lower(text):
    return None if text is None else text.lower()


def movements_of_stay(groups, reused):
    merged = len(groups) > 1
    records = sorted((record for members in groups for record in members), key=by_order)
    last = records[-1]
    said = {}
    for field in ("gender", "age", "wait"):
        values = [record[field] for record in records if record[field] is not None]
        said[field] = values[-1] if values else None
    places = []  # [since, department, bed, record]
    department = bed = before = None
    for record in records:
        old = (department, bed)
        if record["department"] is not None:
            if department is not None and lower(record["department"]) != lower(department):
                bed = None
            department = record["department"]
        if record["bed"] is not None:
            bed = record["bed"]
        moved = (old[0] is not None and lower(old[0]) != lower(department)) or (
            old[1] is not None and bed is not None and old[1] != bed
        )
        possible = (
            record["timed"] and before is not None and record["recorded"] > before and record["recorded"] > last["admission"]
            and (last["discharge"] is None or record["recorded"] < last["discharge"])
        )
        if not places:
            places.append([last["admission"], department, bed, last])
        elif moved and possible:
            places.append([record["recorded"], department, bed, record])
        else:
            places[-1][1:3] = [department, bed]
        before = record["recorded"]
    base = {"encounter_id": last["encounter_id"], "patient_id": last["patient_id"], "hospital_id": last["hospital_id"],
            "class": None, "room": None, "seen_at": None, "expected": None, "disposition": None, "birth_year": None}
    result = []
    for number, (since, ward, place_bed, record) in enumerate(places):
        first = number == 0
        flags = list(last["flags"]) if first else []
        if first and any(r.get("event_key") in reused for r in records):
            flags.append("id_reused")
        if first and merged:
            flags.append("admission_corrected")
        result.append({
            **base, "kind": "admit" if first else "transfer", "occurred": since, "recorded": record["recorded"],
            "enqueued_at": record["enqueued_at"], "content_hash": record["content_hash"], "department": ward, "bed": place_bed,
            "gender": said["gender"] if first else None, "age": said["age"] if first else None,
            "wait": said["wait"] if first else None, "flags": flags,
        })
    if last["discharge"] is not None:
        done = last["discharge"] <= last["recorded"]
        result.append({
            **base, "kind": "discharge" if done else "expected_discharge",
            "occurred": last["discharge"] if done else last["recorded"], "expected": None if done else last["discharge"],
            "recorded": last["recorded"], "enqueued_at": last["enqueued_at"], "content_hash": last["content_hash"],
            "department": None, "bed": None, "gender": None, "age": None, "wait": None, "flags": [],
        })
    return result


def take_last(targets, cancel, taken):
    """The last target recorded before the cancellation (at one instant targets come first) that none has taken."""
    open_ones = [t for t in targets if id(t) not in taken and t["recorded"] <= cancel["recorded"]]
    return max(open_ones, key=by_order) if open_ones else None


def movements_left(records, reused):
    """The movements that no cancellation takes, and how many cancellations found none or one that was taken."""
    targets = [r for r in records if not r["cancel"]]
    cancels = [r for r in records if r["cancel"]]
    taken, unmatched, repeated = set(), 0, 0

    def at_instant(cancel):
        return [t for t in targets if (t["kind"], t["occurred"]) == (cancel["kind"], cancel["occurred"])]

    unnamed, named = [], set()
    for cancel in cancels:
        if cancel.get("cancels_event_key") is None:
            unnamed.append(cancel)
            continue
        found = [t for t in targets if t.get("event_key") == cancel["cancels_event_key"]]
        taken |= {id(t) for t in found}
        unmatched += not found
        repeated += bool(found) and cancel["cancels_event_key"] in named
        named.add(cancel["cancels_event_key"])
    waiting = []
    for cancel in sorted(unnamed, key=by_order):
        target = take_last(at_instant(cancel), cancel, taken)
        if target is not None:
            taken.add(id(target))
        elif any(t["recorded"] <= cancel["recorded"] for t in at_instant(cancel)):
            repeated += 1
        else:
            waiting.append(cancel)
    rest = []
    for cancel in sorted(waiting, key=by_order, reverse=True):
        left = [t for t in at_instant(cancel) if id(t) not in taken]
        if left:
            taken.add(id(max(left, key=by_order)))
        elif at_instant(cancel):
            repeated += 1
        else:
            rest.append(cancel)
    answered = set()
    for cancel in sorted(rest, key=by_order):
        if (cancel["kind"], cancel["occurred"]) in answered:
            repeated += 1
            continue
        answered.add((cancel["kind"], cancel["occurred"]))
        target = take_last([t for t in targets if t["kind"] == cancel["kind"]], cancel, taken)
        if target is None:
            unmatched += 1
        else:
            taken.add(id(target))
    left = []
    for target in targets:
        if id(target) in taken:
            continue
        flags = target["flags"] + (["id_reused"] if target.get("event_key") in reused else [])
        left.append({**target, "flags": flags, "expected": target.get("expected_discharge_time"), "wait": None})
    return left, unmatched, repeated


def journeys(stays, movements):
    found = defaultdict(lambda: ([], []))
    for record in stays:
        found[record["journey_key"]][0].append(record)
    for record in movements:
        found[record["journey_key"]][1].append(record)
    return found


def encounters_of(stay_records, movement_records):
    """{encounter_id: movements that count}, and what was found on the way."""
    findings = defaultdict(int)
    kept, superseded, reused, dropped = once(stay_records)
    findings["duplicate"] += dropped
    movements = []
    findings["id_reused"] += len(superseded)
    for groups in stays_of(kept):
        told = movements_of_stay(groups, reused)
        findings["id_reused"] += "id_reused" in told[0]["flags"]
        findings["admission_corrected"] += "admission_corrected" in told[0]["flags"]
        movements += told
    kept, superseded, reused, dropped = once(movement_records)
    findings["duplicate"] += dropped
    left, unmatched, repeated = movements_left(kept, reused)
    findings["unmatched_cancellation"] += unmatched
    findings["repeated_cancellation"] += repeated
    movements += left
    encounters = defaultdict(list)
    for movement in movements:
        encounters[movement["encounter_id"]].append(movement)
    return encounters, findings


def at_version(versions, instant):
    chosen = versions[0]
    for version in versions:
        if version["effective_from"] <= instant:
            chosen = version
    return chosen


def last_known(movements, field):
    known = [m for m in movements if m.get(field) is not None]
    return max(known, key=lambda m: (m["recorded"], m["content_hash"], TYPES.index(m["kind"])))[field] if known else None


def visits_of(movements, hospital):
    """(visits, bed stays, movements after the discharge) of one encounter."""
    movements = sorted(movements, key=lambda m: (m["occurred"], TYPES.index(m["kind"]), m["recorded"], m["content_hash"]))
    discharges = [i for i, m in enumerate(movements) if m["kind"] == "discharge"]
    end = discharges[-1] if discharges else None
    late = 0 if end is None else sum(m["kind"] in ("arrive", "admit", "transfer") for m in movements[end:])
    before = movements if end is None else movements[:end]
    discharge = None if end is None else movements[end]
    arrivals = [m for m in before if m["kind"] == "arrive"]
    places = [m for m in before if m["kind"] in ("admit", "transfer")]
    arrived = arrivals[0]["occurred"] if arrivals else None
    seen, wait = last_known(movements, "seen_at"), last_known(movements, "wait")
    expected = last_known(movements, "expected")
    known = max(m["recorded"] for m in movements)
    if not places and not arrivals:
        return [], [], late
    if wait is None and arrived is not None:
        until = seen or (places[0]["occurred"] if places else None)
        if until is not None and until >= arrived:
            wait = (until - arrived) / timedelta(minutes=1)
    left = discharge["occurred"] if discharge else None
    presumed = bool(places) and left is None and hospital["presume_discharge"] and expected is not None and expected >= places[-1]["occurred"]
    finish = left or (expected if presumed else None)
    tail = ["movement_after_discharge"] if late else []
    if not places:
        last = arrivals[-1]
        return [{"department": last["department"], "bed": last["bed"], "arrival": arrived, "start": None, "end": left,
                 "expected": expected, "wait": wait, "class": last["class"], "age": last["age"], "first": True, "last": True,
                 "next": None, "presumed": False, "flags": last["flags"], "tail": tail, "first_kind": "arrive",
                 "disposition": discharge["disposition"] if discharge else None, "patient_id": last["patient_id"],
                 "admitted": None, "known": known}], [], late
    visits, beds = [], []
    for index, place in enumerate(places):
        following = places[index + 1]["occurred"] if index + 1 < len(places) else finish
        if visits and lower(visits[-1]["department"]) == lower(place["department"]):
            visit = visits[-1]
            visit["end"] = following
            for field in ("bed", "class", "age"):
                if place[field] is not None:
                    visit[field] = place[field]
            visit["flags"] = visit["flags"] + [f for f in place["flags"] if f not in visit["flags"]]
            visit["patient_id"] = place["patient_id"]
        else:
            visits.append({"department": place["department"], "bed": place["bed"], "start": place["occurred"], "end": following,
                           "class": place["class"], "age": place["age"], "flags": place["flags"], "first_kind": place["kind"],
                           "patient_id": place["patient_id"]})
        spot = (lower(place["department"]), place["room"], place["bed"])
        if beds and beds[-1]["spot"] == spot:
            beds[-1]["end"] = following
        else:
            beds.append({"spot": spot, "department": place["department"], "room": place["room"], "bed": place["bed"],
                         "start": place["occurred"], "end": following, "patient_id": place["patient_id"]})
    for number, visit in enumerate(visits):
        first, last = number == 0, number == len(visits) - 1
        visit.update(arrival=arrived if first else None, wait=wait if first else None, first=first, last=last,
                     expected=expected if last else None, next=None if last else visits[number + 1]["department"],
                     presumed=presumed and last, disposition=discharge["disposition"] if last and discharge else None,
                     tail=tail if last else [], admitted=places[0]["occurred"], known=known)
        too_long = visit["end"] is not None and visit["end"] - visit["start"] > LONG_STAY
        visit["too_long"] = too_long or (finish is not None and finish - places[0]["occurred"] > LONG_STAY)
    return visits, [b for b in beds if b["bed"] is not None], late


# dimensions -----------------------------------------------------------------------------------------------------------


def patient_versions(observations):
    """SCD2 of one patient: what is not said stays, what was not yet known holds from the beginning."""
    observations = sorted(observations, key=lambda m: (m["occurred"], m["recorded"], m["content_hash"]))
    years = [(m["occurred"].replace(microsecond=0), m["birth_year"] if m["birth_year"] is not None else m["occurred"].year - m["age"])
             for m in observations if m["birth_year"] is not None or m["age"] is not None]
    birth_year = max(years)[1] if years else None
    genders = [m["gender"] for m in observations if m["gender"] not in (None, "unknown")]
    bands = [band_of(m["age"]) for m in observations if m["age"] is not None]
    gender, band = (genders or ["unknown"])[0], (bands or ["unknown"])[0]
    states = {} if genders or bands else {PAST: (gender, band)}
    for m in observations:
        if m["gender"] in (None, "unknown") and m["age"] is None:
            continue  # says nothing
        gender = m["gender"] if m["gender"] not in (None, "unknown") else gender
        band = band_of(m["age"]) or band
        states[m["occurred"]] = (gender, band)
    versions = []
    for instant, state in sorted(states.items()):
        if not versions:
            versions.append({"effective_from": PAST, "gender": state[0], "age_band": state[1], "birth_year": birth_year})
        elif (versions[-1]["gender"], versions[-1]["age_band"]) != state:
            versions.append({"effective_from": instant, "gender": state[0], "age_band": state[1], "birth_year": birth_year})
    return versions


def department_versions(changes):
    found = defaultdict(list)
    for row in changes:
        recorded = row.get("recorded_at") or row["enqueued_at"]
        found[(row["hospital_id"], row["department"].strip().lower())].append(
            {**row, "occurred": row.get("occurred_at") or recorded, "recorded": recorded})
    result = {}
    for name, rows in found.items():
        rows.sort(key=lambda r: (r["occurred"], r["recorded"], r["content_hash"]))
        state, states = {}, {}
        for row in rows:
            for field in ("specialty", "staffed_beds", "closed_beds", "staff"):
                if row.get(field) is not None:
                    state[field] = row[field]
            states[row["occurred"]] = dict(state)
        versions = []
        for instant, state in sorted(states.items(), key=lambda s: s[0]):
            if not versions or versions[-1]["state"] != state:
                versions.append({"effective_from": instant if versions else PAST, "state": state, "name": rows[0]["department"].strip()})
        result[name] = versions
    return result


# the whole ------------------------------------------------------------------------------------------------------------


def reduce_world(stays, movements, changes, hospitals):
    """hospitals: {id: {"time_zone", "presume_discharge"}}. Rows that quarantine takes must not be given."""
    departments = department_versions(changes)
    facts, beds, observations, findings = [], [], defaultdict(list), defaultdict(int)
    pending = []
    for stay_records, movement_records in journeys(map(read_stay, stays), map(read_movement, movements)).values():
        encounters, found = encounters_of(stay_records, movement_records)
        for rule, count in found.items():
            findings[rule] += count
        for encounter_id, moves in encounters.items():
            hospital_id = moves[0]["hospital_id"]
            visits, encounter_beds, late = visits_of(moves, hospitals[hospital_id])
            findings["movement_after_discharge"] += late
            findings["discharge_without_admission"] += not visits
            giving = {id(m) for m in moves if visits and m["kind"] in ("admit", "transfer", "arrive")}
            for move in moves:
                if id(move) in giving or move["gender"] is not None or move["age"] is not None or move["birth_year"] is not None:
                    observations[move["patient_id"]].append(move)
            pending.append((encounter_id, hospital_id, visits, encounter_beds))
    patients = {patient: patient_versions(seen) for patient, seen in observations.items()}

    def department_at(hospital_id, name, instant):
        versions = departments.get((hospital_id, lower(name)))
        return None if versions is None else at_version(versions, instant)

    for encounter_id, hospital_id, visits, encounter_beds in pending:
        zone = hospitals[hospital_id]["time_zone"]
        for visit in visits:
            began = visit["start"] or visit["arrival"]
            department = department_at(hospital_id, visit["department"], began)
            flags = (["unknown_department"] if department is None else []) + ordered_flags(visit["flags"])
            flags += ["stay_too_long"] if visit.get("too_long") else []
            flags += ["presumed_discharge"] if visit["presumed"] else []
            flags += ["inferred_admission"] if visit["first"] and visit["first_kind"] == "transfer" else []
            flags += visit["tail"]
            following = department_at(hospital_id, visit["next"], began) if visit["next"] else None
            facts.append({
                "encounter_id": encounter_id, "patient_id": visit["patient_id"], "hospital_id": hospital_id,
                "department": department["name"] if department else "unmapped",
                "department_from": department["effective_from"] if department else PAST,
                "patient_from": at_version(patients[visit["patient_id"]], began)["effective_from"],
                "arrival_time": visit["arrival"], "admission_time": visit["start"], "discharge_time": visit["end"],
                "expected_discharge_time": visit["expected"], "admission_date": local(began, zone).date(),
                "discharge_date": local(visit["end"], zone).date() if visit["end"] else None,
                "encounter_admission_time": visit["admitted"], "wait_minutes": visit["wait"],
                "length_of_stay_hours": None if visit["start"] is None or visit["end"] is None else (visit["end"] - visit["start"]) / timedelta(hours=1),
                "bed_id": visit["bed"], "class": visit["class"], "age": visit["age"], "discharge_disposition": visit["disposition"],
                "is_first_visit": visit["first"], "is_last_visit": visit["last"],
                "next_department": None if visit["last"] else (following["name"] if following else "unmapped"),
                "is_presumed": visit["presumed"], "flags": ",".join(flags) or None, "recorded_at": visit["known"],
            })
        for bed in encounter_beds:
            department = department_at(hospital_id, bed["department"], bed["start"])
            beds.append({
                "encounter_id": encounter_id, "patient_id": bed["patient_id"], "hospital_id": hospital_id,
                "department": department["name"] if department else "unmapped", "room": bed["room"], "bed_id": bed["bed"],
                "admission_time": bed["start"], "discharge_time": bed["end"],
            })
    rows = []
    for patient_id, versions in patients.items():
        for index, version in enumerate(versions):
            last = index == len(versions) - 1
            rows.append({
                "patient_id": patient_id, "gender": version["gender"], "age_band": version["age_band"], "birth_year": version["birth_year"],
                "effective_from": version["effective_from"], "effective_to": FUTURE if last else versions[index + 1]["effective_from"],
                "is_current": last,
            })
    return {"facts": facts, "beds": beds, "patients": rows, "findings": {k: v for k, v in findings.items() if v}}


RULES = """admission_missing admission_unparsable admission_in_future occurred_missing occurred_unparsable occurred_in_future
discharge_unparsable discharge_before_admission age_out_of_range age_unparsable event_time_unparsable recorded_unparsable
id_reused admission_corrected""".split()


def ordered_flags(flags):
    return [rule for rule in RULES if rule in flags]
