"""Times the models in DuckDB: a bulk of stay records in one go, and a micro-batch of a few hundred.

usage: measure.py [--records 2000000] [--patients 500000] [--runs 3] [--threads 2]

Patients have stays in any of 7 hospitals without encounter ids, most of them alone in their journey. Prints, per model, wall
seconds and processor seconds divided by the threads (what an idle machine would take), each the least of the runs.
"""

import argparse
import time

from engines import DuckDB, model_sql

BULK = ["silver.stay_record", "silver.quarantine", "silver.movement", "gold.dim_patient", "gold.fact_patient_flow", "gold.bed_stay",
        "gold.fact_flow_hourly", "gold.quality_hourly", "gold.dim_time"]
BUDGET = ["silver.movement", "gold.dim_patient", "gold.fact_patient_flow", "gold.bed_stay", "gold.fact_flow_hourly"]
WARDS = "['Emergency', 'Surgery', 'ICU', 'Pediatrics', 'Maternity', 'Oncology', 'Cardiology']"
ZONES = "['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Europe/London', 'Australia/Sydney', 'Europe/Paris', 'UTC']"


def fill(connection, records, patients):
    connection.execute(f"insert into gold.dim_hospital select pf_key(cast(i as string)), i, 'H' || i, {ZONES}[i], false from range(1, 8) as t(i)")
    connection.execute(f"""insert into silver.department_change select 0, i, timestamp '2024-01-01', i, i, 1 + i % 7, null, null,
        {WARDS}[1 + (i // 7) % 7], 's', 50, 2, 10, timestamp '2024-01-01', timestamp '2024-01-01', null from range(49) as t(i)""")
    connection.execute("insert into gold.dim_department " + model_sql("gold.dim_department"))
    connection.execute(f"""insert into parsed.stay
        select i % 16, i // 16, admitted + interval 5 minute, cast(hash(i) >> 4 as bigint), null, hospital, patient, md5('e' || i), false,
            pf_key(hospital || '|' || patient), pf_key(patient), case when hash(person + 1) % 2 = 0 then 'Male' else 'Female' end,
            cast(1 + hash(person) % 100 as int), {WARDS}[cast(1 + hash(i + 3) % 7 as int)], cast(1 + hash(i + 4) % 500 as string), admitted,
            admitted + to_seconds(cast(3600 + hash(i + 7) % 250000 as int)),
            case when i % 10 = 0 then admitted + interval 5 minute else admitted + interval 80 hour end, 5.0, null, null
        from (select i, person, cast(1 + hash(i) % 7 as int) as hospital, md5('p' || person) as patient,
                timestamp '2024-01-01' + to_seconds(cast((i * {patients} // {records} % 4) * 15000000 + hash(i) % 10000000 as int)) as admitted
            from (select i, i % {patients} as person from range({records}) as t(i)))""")


def timed(connection, sql, threads):
    wall, processor = time.perf_counter(), time.process_time()
    connection.execute(sql)
    return time.perf_counter() - wall, (time.process_time() - processor) / threads


def bulk(arguments):
    engine = DuckDB(arguments.threads)
    connection = engine.connection
    connection.execute("set preserve_insertion_order = false")
    fill(connection, arguments.records, arguments.patients)
    crowded = connection.execute("select sum(n) from (select count(*) as n from parsed.stay group by journey_key having count(*) > 1)").fetchone()[0]
    print(f"{arguments.records} records, {crowded or 0} of them in journeys of more than one")
    took = {model: [] for model in BULK}
    for run in range(arguments.runs):
        for model in BULK:
            connection.execute(f"create or replace table fresh as select * from {model} limit 0")
            took[model].append(timed(connection, f"insert into fresh {model_sql(model)}", arguments.threads))
            if run == 0:
                connection.execute(f"insert into {model} select * from fresh")
    least = {model: (min(t[0] for t in times), min(t[1] for t in times)) for model, times in took.items()}
    for model in BULK:
        rows = connection.execute(f"select count(*) from {model}").fetchone()[0]
        print(f"  {model:24} {least[model][0]:6.2f} s wall {least[model][1]:6.2f} s processor/thread  {rows} rows")
    print(f"  sum of {len(BUDGET)} {sum(least[m][0] for m in BUDGET):17.2f} s wall {sum(least[m][1] for m in BUDGET):6.2f} s processor/thread")


def micro(arguments, records=300):
    """Each model over a batch alone, as the runner shadows it: unprepared, and prepared once."""
    engine = DuckDB(arguments.threads)
    connection = engine.connection
    fill(connection, records, records)
    print(f"{records} records")
    total = [0.0, 0.0]
    for model in BULK[:-1]:
        sql = model_sql(model)
        connection.execute(f"prepare model as {sql}")
        plain = min(timed(connection, sql, 1)[1] for _ in range(15))
        prepared = min(timed(connection, "execute model", 1)[1] for _ in range(15))
        connection.execute("deallocate model")
        connection.execute(f"insert into {model} {sql}")
        total[0] += plain
        total[1] += prepared
        print(f"  {model:24} {plain * 1000:6.1f} ms {prepared * 1000:6.1f} ms prepared (processor)")
    print(f"  {'all':24} {total[0] * 1000:6.1f} ms {total[1] * 1000:6.1f} ms prepared (processor)")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=2_000_000)
    parser.add_argument("--patients", type=int, default=500_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    bulk(arguments)
    micro(arguments)


if __name__ == "__main__":
    main()
