"""A store kept by micro-batches in DuckDB, restated as the models' .yml files say. The runner's way, in small, for tests."""

import re

from engines import DuckDB, model_sql

APPENDED = ["silver.stay_record", "silver.movement_record", "silver.department_change", "silver.quarantine"]


class Store:
    def __init__(self, settings):
        self.engine = DuckDB(threads=1)
        self.connection = self.engine.connection
        self.engine.append("silver.hospital_setting", settings)
        self.full("gold.dim_hospital")
        self.full("gold.dim_department")

    def execute(self, sql):
        return self.connection.execute(sql)

    def full(self, model):
        self.execute(f"create or replace temp table fresh as {model_sql(model)}")
        changed = self.execute(f"(select * from fresh except select * from {model}) union all (select * from {model} except select * from fresh)").fetchall()
        if changed:
            self.execute(f"delete from {model}")
            self.execute(f"insert into {model} select * from fresh")
        return changed

    def shadowed(self, model, **shadows):
        """The model's text over other relations: shadowed("gold.bed_stay", silver_movement="…")."""
        sql = model_sql(model)
        for name, relation in shadows.items():
            reference = name.replace("_", ".", 1)
            sql = re.sub(rf"\b{re.escape(reference)}\b", relation, sql)
        return sql

    def add(self, model, keys, measures, sign, **shadows):
        """Adds a model over shadowed inputs to an additive table."""
        columns = ", ".join(keys + measures)
        sums = ", ".join(keys + [f"cast({sign} * {m} as bigint)" for m in measures])
        self.execute(f"insert into {model} ({columns}) select {sums} from ({self.shadowed(model, **shadows)}) as delta")

    def settle(self, model, keys, measures):
        sums = ", ".join(f"cast(sum({m}) as bigint) as {m}" for m in measures)
        nonzero = " or ".join(f"sum({m}) <> 0" for m in measures)
        self.execute(f"create or replace temp table fresh as select {', '.join(keys)}, {sums} from {model} group by all having {nonzero}")
        self.execute(f"delete from {model}")
        self.execute(f"insert into {model} ({', '.join(keys + measures)}) select {', '.join(keys + measures)} from fresh")

    def apply(self, stays=(), movements=(), changes=(), rejected=()):
        engine = self.engine
        for name, rows in {"stay": stays, "movement": movements, "department": changes, "rejected": rejected}.items():
            engine.fill(f"parsed.{name}", list(rows))
        # what department metadata changes is known before the records of the batch are read
        self.execute("insert into silver.department_change " + model_sql("silver.department_change"))
        self.execute("create or replace temp table new_department_change as " + model_sql("silver.department_change"))
        hospitals = {row[1] for row in self.full("gold.dim_hospital")}
        departments = {(row[1], row[2].lower()) for row in self.full("gold.dim_department")}
        for model in APPENDED:
            if model != "silver.department_change":
                new = "new_" + model.split(".")[1]
                self.execute(f"create or replace temp table {new} as {model_sql(model)}")
                self.execute(f"insert into {model} select * from {new}")
        self.execute("create or replace temp table touched as select journey_key from new_stay_record union select journey_key from new_movement_record")
        for name in ("stay_record", "movement_record"):
            self.execute(f"create or replace temp table in_{name} as select * from silver.{name} where journey_key in (select journey_key from touched)")
        self.execute("create or replace temp table old_movement as select * from silver.movement where journey_key in (select journey_key from touched)")
        self.execute("create or replace temp table new_movement as " + self.shadowed(
            "silver.movement", silver_stay_record="in_stay_record", silver_movement_record="in_movement_record"))
        self.execute("delete from silver.movement where journey_key in (select journey_key from touched)")
        self.execute("insert into silver.movement select * from new_movement")
        # patients, by patient; journeys elsewhere whose patient's versions changed are restated too
        self.execute("create or replace temp table patients as select patient_key_hash from old_movement union select patient_key_hash from new_movement")
        self.execute("create or replace temp table in_movement as select * from silver.movement where patient_key_hash in (select patient_key_hash from patients)")
        self.execute("create or replace temp table new_patient as " + self.shadowed("gold.dim_patient", silver_movement="in_movement"))
        self.execute("create or replace temp table old_patient as select * from gold.dim_patient where patient_key_hash in (select patient_key_hash from patients)")
        self.execute("""create or replace temp table changed_patient as
            select patient_key_hash from (select patient_key_hash, patient_key, effective_from, effective_to from old_patient
            except select patient_key_hash, patient_key, effective_from, effective_to from new_patient)
            union select patient_key_hash from (select patient_key_hash, patient_key, effective_from, effective_to from new_patient
            except select patient_key_hash, patient_key, effective_from, effective_to from old_patient)""")
        self.execute("delete from gold.dim_patient where patient_key_hash in (select patient_key_hash from patients)")
        self.execute("insert into gold.dim_patient select * from new_patient")
        self.execute("""insert into touched select distinct journey_key from silver.movement
            where patient_key_hash in (select patient_key_hash from changed_patient)""")
        for hospital in hospitals:
            self.execute(f"insert into touched select distinct journey_key from silver.movement where hospital_id = {hospital}")
        for hospital, name in departments:
            quoted = name.replace("'", "''")
            self.execute(f"insert into touched select distinct journey_key from silver.movement where hospital_id = {hospital} and lower(department) = '{quoted}'")
        self.execute("create or replace temp table in_movement as select * from silver.movement where journey_key in (select journey_key from touched)")
        self.execute("create or replace temp table old_fact as select * from gold.fact_patient_flow where journey_key in (select journey_key from touched)")
        self.execute("create or replace temp table new_fact as " + self.shadowed("gold.fact_patient_flow", silver_movement="in_movement"))
        for table, fresh in (("fact_patient_flow", "select * from new_fact"), ("bed_stay", self.shadowed("gold.bed_stay", silver_movement="in_movement"))):
            self.execute(f"create or replace temp table fresh as {fresh}")
            self.execute(f"delete from gold.{table} where journey_key in (select journey_key from touched)")
            self.execute(f"insert into gold.{table} select * from fresh")
        flow = (["hospital_id", "department", "hour_at"], ["admissions", "discharges", "transfers_in", "transfers_out", "net_change", "patient_seconds"])
        self.add("gold.fact_flow_hourly", *flow, -1, gold_fact_patient_flow="old_fact")
        self.add("gold.fact_flow_hourly", *flow, 1, gold_fact_patient_flow="new_fact")
        self.settle("gold.fact_flow_hourly", *flow)
        quality = (["rule", "hospital_id", "hour_at"], ["records"])
        for name in ("stay_record", "movement_record", "department_change", "quarantine", "movement"):
            self.execute(f"create or replace temp table no_{name} as select * from silver.{name} where false")
        self.add("gold.quality_hourly", *quality, -1, silver_stay_record="no_stay_record", silver_movement_record="no_movement_record",
                 silver_department_change="no_department_change", silver_quarantine="no_quarantine", silver_movement="old_movement", gold_fact_patient_flow="old_fact")
        self.add("gold.quality_hourly", *quality, 1, silver_stay_record="new_stay_record", silver_movement_record="new_movement_record",
                 silver_department_change="new_department_change", silver_quarantine="new_quarantine", silver_movement="new_movement", gold_fact_patient_flow="new_fact")
        self.settle("gold.quality_hourly", *quality)

    def table(self, name):
        return sorted((tuple(sorted(row.items())) for row in self.engine.rows(f"select * from {name}")), key=repr)
