"""One function per endpoint of docs/api/openapi.yaml, answering from a mock_data.World."""

import datetime as dt
import json
import math
import pathlib

from mock_data import (AGE_BANDS, DEPARTMENTS, GENDERS, HOSPITALS, OFFSET, PERIODS, RULES, SHAPE, ZONE, ZONES, iso, noise, poisson)

HOUR = dt.timedelta(hours=1)
EXAMPLES = pathlib.Path(__file__).resolve().parents[3] / "docs" / "api" / "examples"


def hour_of(t):
    return t.replace(minute=0, second=0, microsecond=0)


def parse(text):
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))


def span(world, q, applied):
    if world.state == "empty":
        return [], {"from": None, "to": None, "filters": {}}
    end = parse(q["to"]) if "to" in q else world.committed
    start = parse(q["from"]) if "from" in q else end - PERIODS[q.get("period", "7d")] * HOUR
    hours, t = [], hour_of(start)
    while t < end:
        hours.append(t)
        t += HOUR
    return hours, {"from": iso(start), "to": iso(end), "filters": {k: q[k] for k in applied if k in q}}


def share(q):
    """What is left of counts when patients are filtered."""
    return (.5 if "gender" in q else 1) * (.2 if "age_band" in q else 1)


def now(world, q):
    answer = world.live(q)
    pairs = world.pairs(q)
    if not pairs:
        empty = dict.fromkeys(["census", "free_beds", "waiting", "admissions_today", "discharges_today", "overdue"])
        return answer | {"previous_week": empty, "sparklines": {k: [] for k in
                         ["hour_at", "census", "free_beds", "waiting", "admissions", "discharges", "overdue"]}}
    hours = [hour_of(world.committed) - i * HOUR for i in range(23, -1, -1)]
    total = answer["totals"]

    def series(name, scale):
        return [round(scale * (.75 + .5 * SHAPE[(t + OFFSET).hour] / 1.5 * noise(name, i) ** .3)) for i, t in enumerate(hours)]
    census = [sum(world.level(h, d, t) for h, d in pairs) for t in hours[:-1]] + [total["census"]]
    free = [sum(max(0, world.staffed(h, d) - world.level(h, d, t)) for h, d in pairs) for t in hours[:-1]] + [total["free_beds"]]
    rate = [sum(poisson(world.rate(h, d, t), "a", h, d, t) for h, d in pairs) for t in hours]
    out = [sum(poisson(world.rate(h, d, t - 3 * HOUR), "z", h, d, t) for h, d in pairs) for t in hours]
    return answer | {
        "previous_week": {
            "census": round(total["census"] * .974), "free_beds": round(total["free_beds"] * 1.14), "waiting": round(total["waiting"] * .82),
            "admissions_today": round(total["admissions_today"] * .95), "discharges_today": round(total["discharges_today"] * 1.03),
            "overdue": total["overdue"],
        },
        "sparklines": {
            "hour_at": [iso(t) for t in hours], "census": census, "free_beds": free,
            "waiting": series("w", total["waiting"])[:-1] + [total["waiting"]], "admissions": rate, "discharges": out,
            "overdue": series("v", total["overdue"])[:-1] + [total["overdue"]],
        },
    }


def census(world, q):
    hours, head = span(world, q, ["hospital", "department"])
    pairs = world.pairs(q)
    staffed = sum(world.staffed(*p) for p in pairs)
    rows = []
    for t in hours:
        n = sum(world.level(h, d, t) for h, d in pairs)
        beds = staffed - (round(staffed * .04) if (t + OFFSET).weekday() > 4 else 0)
        rows.append({"hour_at": iso(t), "census": n, "staffed_beds": beds, "occupancy": round(n / beds, 4) if beds else None})
    nights = [r for r in rows if r["hour_at"][11:13] == "23"]
    used, had = sum(r["census"] for r in nights), sum(r["staffed_beds"] for r in nights)
    return world.envelope() | head | {"hours": rows, "midnight": {
        "nights": len(nights), "occupied_bed_days": used, "staffed_bed_days": had, "occupancy": round(used / had, 4) if had else None}}


def department(world, q):
    pairs = world.pairs(q)
    h, d = pairs[0]
    name, specialty = DEPARTMENTS[d][:2]
    start, staffed, steps, last = world.committed - 48 * HOUR, world.staffed(h, d), [], None
    for i in range(193):
        at = start + i * HOUR / 4
        n = max(0, world.level(h, d, at) + round(1.4 * (noise("q", h, d, i // 3) - .5) * 2))
        if n != last:
            steps.append({"at": iso(at), "census": n})
            last = n
    present = world.rows[h, d]["census"]
    steps.append({"at": iso(world.committed), "census": present})
    ahead = [{"hour_at": iso(world.committed + i * HOUR), "expected": poisson(
        world.rows[h, d]["expected"] / 12 * SHAPE[(world.committed + i * HOUR + OFFSET).hour], "x", h, d, i)} for i in range(24)]
    beds = []
    for i in range(max(staffed, present)):
        state = "occupied" if i < present else "free"
        beds.append({"room": str(100 + i // 2), "bed_id": f"{100 + i // 2}-{'AB'[i % 2]}", "state": state, "order": noise("b", h, d, i)})
    order = sorted(range(len(beds)), key=lambda i: beds[i].pop("order"))
    states = [b["state"] for b in beds]
    for place, i in enumerate(order):
        beds[i]["state"] = states[place]
    if beds and noise("k", h, d) > .6:
        beds[order[0]]["state"] = "conflict"
    return world.envelope() | {
        "hospital_id": h, "hospital": dict(HOSPITALS)[h], "department": name, "specialty": specialty, "figures": world.figures([(h, d)]),
        "census": steps,
        "capacity": [{"at": iso(start), "staffed_beds": staffed - 2, "closed_beds": world.closed(h, d) + 2},
                     {"at": iso(start + 19 * HOUR), "staffed_beds": staffed, "closed_beds": world.closed(h, d)},
                     {"at": iso(world.committed), "staffed_beds": staffed, "closed_beds": world.closed(h, d)}],
        "expected_discharges": ahead, "beds": beds,
    }


def arrivals(world, q):
    hours, head = span(world, q, ["hospital", "department", "gender", "age_band"])
    pairs, cells = world.pairs(q), {}
    for t in hours:
        local = t + OFFSET
        n, times = cells.get((local.isoweekday(), local.hour), (0, 0))
        cells[local.isoweekday(), local.hour] = (n + sum(poisson(world.rate(h, d, t) * share(q), "a", h, d, t) for h, d in pairs), times + 1)
    return world.envelope() | head | {"cells": [] if not hours else [
        {"weekday": w, "hour": hr, "arrivals": cells.get((w, hr), (0, 0))[0],
         "mean": round(cells[w, hr][0] / cells[w, hr][1], 2) if (w, hr) in cells else None} for w in range(1, 8) for hr in range(24)]}


def flow(world, q):
    hours, head = span(world, q, ["hospital", "department"])
    pairs, rows = world.pairs(q), []
    for t in hours:
        moved = sum(poisson(world.rate(h, d, t) * .3, "t", h, d, t) for h, d in pairs)
        rows.append({
            "hour_at": iso(t), "admissions": sum(poisson(world.rate(h, d, t), "a", h, d, t) for h, d in pairs),
            "discharges": sum(poisson(world.rate(h, d, t - 3 * HOUR), "z", h, d, t) for h, d in pairs), "transfers_in": moved, "transfers_out": moved})
    names = [row[0] for row in DEPARTMENTS]
    weight = {("Emergency", "Surgery"): 42, ("Emergency", "ICU"): 21, ("Emergency", "Cardiology"): 37, ("Emergency", "Pediatrics"): 24,
              ("Emergency", "Oncology"): 9, ("Emergency", "Maternity"): 12, ("Surgery", "ICU"): 16, ("ICU", "Surgery"): 19, ("ICU", "Cardiology"): 14,
              ("Cardiology", "ICU"): 8, ("Surgery", "Oncology"): 7, ("Maternity", "Surgery"): 5, ("Oncology", "ICU"): 4, ("Cardiology", "Surgery"): 6,
              ("Pediatrics", "ICU"): 2, ("Oncology", "Surgery"): 6}
    moves = [{"from_department": a, "to_department": b, "transfers": max(1, round(n * len(hours) / 168 * (1 if "hospital" in q else 6.3)))}
             for (a, b), n in weight.items() if hours and q.get("department") in (None, a, b) and a in names]
    return world.envelope() | head | {"hours": rows, "movements": sorted(moves, key=lambda m: -m["transfers"])}


def length_of_stay(world, q):
    hours, head = span(world, q, ["hospital", "department", "gender", "age_band"])
    rows, size = [], (1 if "hospital" in q else 6.4) * share(q)
    for d, (name, _, beds, stay, wait) in enumerate(DEPARTMENTS):
        if not hours or q.get("department") not in (None, name):
            continue
        n = round(len(hours) * beds * (.1 if d == 0 else .011) * size * .8)
        f = .93 + .14 * noise("los", d, q.get("hospital"), q.get("gender"), q.get("age_band"))
        rows.append({"department": name, "completed": n, "left_out": int(n * .004), "median_hours": round(stay * f, 1),
                     "p90_hours": round(stay * f * (2.1 + noise("p", d)), 1), "mean_hours": round(stay * f * 1.2, 1), "waited": round(n * .97),
                     "wait_median_minutes": round(wait * f, 1), "wait_p90_minutes": round(wait * f * 2.7, 1)})
    trend = []
    for i, t in enumerate(sorted({(t + OFFSET).date() for t in hours})):
        w = 1 + .12 * math.sin(i / 3.1) + .06 * (noise("d", t) - .5)
        trend.append({"date": str(t), "completed": round(210 * size / 6.4 * w), "median_hours": round(38 * w, 1), "p90_hours": round(131 * w, 1),
                      "waited": round(204 * size / 6.4 * w), "wait_median_minutes": round(27 / w, 1), "wait_p90_minutes": round(81 / w, 1)})
    return world.envelope() | head | {"departments": rows, "trend": trend}


def overstays(world, q):
    rows = []
    for h, d in world.pairs(q):
        n = int(world.rows[h, d]["census"] * .16 * noise("os", h, d) * share(q))
        limit = round(DEPARTMENTS[d][3] * (2.1 + noise("p", d)), 1)
        if n:
            over = limit * (.1 + .4 * noise("ov", h, d))
            rows.append({"hospital_id": h, "hospital": dict(HOSPITALS)[h], "department": DEPARTMENTS[d][0], "present": world.rows[h, d]["census"],
                         "overstays": n, "threshold_hours": limit, "median_hours_over": round(over, 1),
                         "longest_hours": round(limit + over * (1.2 + n * .4), 1)})
    rows.sort(key=lambda r: (-r["overstays"], -r["longest_hours"]))
    return world.envelope() | {"filters": {k: q[k] for k in ("hospital", "department", "gender", "age_band") if k in q}, "rows": rows}


def turnover(world, q):
    hours, head = span(world, q, ["hospital", "department"])
    rows, days = [], len(hours) / 24
    for h, d in world.pairs(q):
        beds, stay = world.staffed(h, d), DEPARTMENTS[d][3] * 1.25
        ended = max(1, round(beds * .86 * len(hours) / stay * (.9 + .2 * noise("to", h, d))))
        rows.append({"hospital_id": h, "hospital": dict(HOSPITALS)[h], "department": DEPARTMENTS[d][0], "discharges": round(ended * .78),
                     "transfers_out": ended - round(ended * .78), "average_staffed_beds": float(beds), "turnover": round(ended / beds, 2),
                     "interval_hours": round(.14 * len(hours) * beds / ended, 1), "turnaround_median_minutes": round(55 + 90 * noise("ta", h, d)),
                     "turnaround_p90_minutes": round(190 + 200 * noise("tb", h, d))})
    return world.envelope() | head | {"days": round(days, 2), "rows": rows}


def demographics(world, q):
    hours, head = span(world, q, ["hospital", "department", "gender", "age_band"])
    size = len(hours) * len(world.pairs(q)) * .21
    ages, sexes = [.16, .25, .2, .21, .12, .05, .01], [.515, .475, .006, .004]
    rows = [{"gender": g, "age_band": a, "patients": n} for i, a in enumerate(AGE_BANDS) for j, g in enumerate(GENDERS)
            if q.get("gender") in (None, g) and q.get("age_band") in (None, a)
            and (n := round(size * ages[i] * sexes[j] * (.9 + .2 * noise("dm", i, j)))) > 0]
    return world.envelope() | head | {"rows": rows}


def quality(world, q):
    hours, head = span(world, q, ["hospital"])
    scale, cells = (.15 if "hospital" in q else 1), []
    for t in hours:
        for rule, _, _, rate in RULES:
            n = poisson(rate * scale * (.3 + SHAPE[(t + OFFSET).hour]) * (5 if rule == "malformed_json" and t == hours[len(hours) * 2 // 3] else 1), rule, t)
            if n:
                cells.append({"hour_at": iso(t), "rule": rule, "records": n})
    count = {}
    for c in cells:
        count[c["rule"]] = count.get(c["rule"], 0) + c["records"]
    return world.envelope() | head | {
        "events": round(len(hours) * 610 * scale),
        "rules": [{"rule": r, "severity": s, "reason": why, "records": count.get(r, 0)} for r, s, why, _ in RULES],
        "hours": cells,
        "quarantine": [{"rule": r, "reason": why, "records": round(count[r] * 1.8), "last_seen_at": iso(world.committed - HOUR * noise("qq", r) * 9)}
                       for r, s, why, _ in RULES if s == "quarantine" and count.get(r)],
        "drift": [] if not hours else [
            {"shape": "stay", "field": "insurance_type", "records": 1204, "first_seen_at": iso(world.committed - 70 * HOUR), "last_seen_at": iso(world.committed)},
            {"shape": "stay", "field": "triage_level", "records": 311, "first_seen_at": iso(world.committed - 31 * HOUR), "last_seen_at": iso(world.committed - HOUR)},
            {"shape": "movement", "field": "isolation", "records": 18, "first_seen_at": iso(world.committed - 5 * HOUR), "last_seen_at": iso(world.committed - 2 * HOUR)}],
        "left_out": [] if not hours else [
            {"metric": "length_of_stay", "reason": "Stay longer than 90 days", "records": count.get("stay_too_long", 0), "of": 11 * len(hours)},
            {"metric": "length_of_stay", "reason": "Presumed discharge", "records": 4, "of": 11 * len(hours)},
            {"metric": "waiting_time", "reason": "No arrival time", "records": 29, "of": 12 * len(hours)}],
    }


def pipeline(world, q):
    stale, empty = world.state == "stale", world.state == "empty"
    beat = world.heartbeat()
    rates = []
    for i in range(120):
        at = world.now() - dt.timedelta(seconds=5 * (119 - i))
        k = int(at.timestamp() // 5)
        dead = empty or (stale and i > 66)
        rates.append({"at": iso(at), "events_per_second": 0 if dead else round(9 + 3 * math.sin(k / 9) + 3 * noise("r", k), 1),
                      "lag": 0 if empty else 80 * (i - 66) if dead else int(noise("lag", k) * 12), "latency_p50_ms": None if dead else round(62 + 30 * noise("l5", k)),
                      "latency_p99_ms": None if dead else round(160 + 160 * noise("l9", k))})
    partitions = [] if empty else [{"partition": p, "end_offset": (end := world.total_events // 8 + p * 7), "committed_offset": end - (522 if stale else 0),
                                    "lag": 522 if stale else 0} for p in range(8)]
    stores = [("hub", world.total_events, 96_400_000), ("database", None, 231_000_000), ("bronze.event", world.total_events, None),
              ("silver.stay_record", 171_030, None), ("silver.movement", 163_811, None), ("silver.quarantine", 1_164, None),
              ("gold.fact_patient_flow", 71_204, None), ("gold.bed_stay", 80_377, None), ("gold.fact_flow_hourly", 34_806, None)]
    return world.envelope() | {
        "lag": sum(p["lag"] for p in partitions), "lag_seconds": beat["lag_seconds"], "events_per_second": beat["events_per_second"],
        "latency_p50_ms": None if empty else 74, "latency_p99_ms": None if empty else 288, "rates": [] if empty else rates, "partitions": partitions,
        "commits": [] if empty else [{"batch": world.batch - i, "committed_at": iso(world.committed - dt.timedelta(seconds=i * 1.2)),
                                      "events": 3 + int(noise("ce", world.batch - i) * 14), "duration_ms": round(38 + 40 * noise("cd", world.batch - i))} for i in range(20)],
        "stores": [] if empty else [{"store": s, "rows": r, "bytes": b} for s, r, b in stores],
        "feeds": [] if empty else [{"hospital_id": h, "hospital": name, "events": 0 if h in world.silent else 2100 + 500 * (8 - h), "last_event_at": iso(world.last_event[h]),
                                    "age_seconds": (world.now() - world.last_event[h]).total_seconds(), "silent": h in world.silent} for h, name in HOSPITALS],
    }


def definitions(world, q):
    return world.envelope() | {"definitions": json.loads((EXAMPLES / "definitions.json").read_text())["definitions"]}


def dimensions(world, q):
    empty = world.state == "empty"
    return world.envelope() | {
        "hospitals": [] if empty else [{"hospital_id": h, "name": n, "time_zone": ZONES.get(h, ZONE)} for h, n in HOSPITALS],
        "departments": [] if empty else sorted(d[0] for d in DEPARTMENTS), "genders": GENDERS, "age_bands": AGE_BANDS, "periods": list(PERIODS),
        "history_from": None if empty else iso(world.started - 720 * HOUR)}


# path → (function, lists that can be had as CSV, the default first)
ENDPOINTS = {
    "now": (now, ["departments", "hospitals"]), "census": (census, ["hours"]),
    "department": (department, ["census", "capacity", "expected_discharges", "beds"]), "arrivals": (arrivals, ["cells"]),
    "flow": (flow, ["hours", "movements"]), "length-of-stay": (length_of_stay, ["departments", "trend"]), "overstays": (overstays, ["rows"]),
    "turnover": (turnover, ["rows"]), "demographics": (demographics, ["rows"]),
    "quality": (quality, ["rules", "hours", "quarantine", "drift", "left_out"]),
    "pipeline": (pipeline, ["rates", "partitions", "commits", "stores", "feeds"]), "definitions": (definitions, ["definitions"]),
    "dimensions": (dimensions, []),
}
