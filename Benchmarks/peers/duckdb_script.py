"""A plain DuckDB script of the same job, as an analyst would write it: bronze Parquet, parsed silver, dimensions, fact, hourly flow.
No durable hub, no quarantine, no SCD2, no restatement. usage: duckdb_script.py FILE WORK"""
import duckdb, os, sys

file, work = sys.argv[1], sys.argv[2]
os.makedirs(work, exist_ok=True)
c = duckdb.connect(f"{work}/script.db")
c.execute("SET threads=2; SET preserve_insertion_order=false; SET checkpoint_threshold='1GB'; SET TimeZone='UTC'")
c.execute(f"""COPY (SELECT raw FROM read_csv('{file}', delim=chr(1), header=false, columns={{'raw':'VARCHAR'}}, quote='', escape=''))
    TO '{work}/bronze.parquet' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)""")
fields = ["patient_id", "gender", "age", "department", "admission_time", "discharge_time", "bed_id", "hospital_id"]
spec = "{" + ",".join(f'"{f}":"VARCHAR"' for f in fields) + "}"
c.execute(f"""CREATE TABLE silver AS WITH p AS (SELECT TRY(from_json(raw, '{spec}')) j FROM '{work}/bronze.parquet')
    SELECT md5(j.patient_id) patient, j.gender gender, CASE WHEN try_cast(j.age AS INT) BETWEEN 0 AND 120 THEN try_cast(j.age AS INT) END age,
    j.department department, coalesce(try_cast(j.admission_time AS TIMESTAMPTZ), TIMESTAMPTZ '2024-11-01') admission,
    try_cast(j.discharge_time AS TIMESTAMPTZ) discharge, try_cast(j.bed_id AS INT) bed, try_cast(j.hospital_id AS INT) hospital FROM p WHERE j IS NOT NULL""")
c.execute("CREATE TABLE dim_patient AS SELECT patient, arg_max(gender, admission) gender, arg_max(age, admission) age FROM silver GROUP BY patient")
c.execute("CREATE TABLE dim_department AS SELECT DISTINCT department, hospital FROM silver")
c.execute("""CREATE TABLE fact AS SELECT ('0x'||substr(md5(patient||department||hospital||admission),1,15))::BIGINT k, patient, department, hospital, admission,
    max(discharge) discharge, any_value(bed) bed, (epoch(max(discharge))-epoch(admission))/3600.0 los FROM silver GROUP BY patient, department, hospital, admission""")
c.execute("""CREATE TABLE flow AS SELECT department, hospital, h, sum(i) ins, sum(o) outs FROM (SELECT department, hospital, date_trunc('hour', admission) h, 1 i, 0 o FROM fact
    UNION ALL SELECT department, hospital, date_trunc('hour', discharge), 0, 1 FROM fact WHERE discharge IS NOT NULL) GROUP BY ALL""")
c.execute("CHECKPOINT")
print(c.execute("SELECT count(*) FROM fact").fetchone()[0])
