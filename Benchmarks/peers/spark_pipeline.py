"""The well-known pipeline in PySpark, local[2]: bronze text, parsed silver, star schema, as Parquet. usage: spark_pipeline.py FILE WORK"""
import os, sys
os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
from pyspark.sql import SparkSession, Window, functions as F

file, work = sys.argv[1], sys.argv[2]
spark = (SparkSession.builder.master("local[2]").appName("peer").config("spark.driver.memory", "4g").config("spark.ui.enabled", "false")
         .config("spark.sql.shuffle.partitions", "4").config("spark.sql.session.timeZone", "UTC").getOrCreate())
spark.sparkContext.setLogLevel("ERROR")
spark.read.text(file).write.mode("overwrite").parquet(work + "/bronze")
schema = "patient_id STRING, gender STRING, age INT, department STRING, admission_time STRING, discharge_time STRING, bed_id INT, hospital_id INT"
silver = spark.read.parquet(work + "/bronze").select(F.from_json("value", schema).alias("j")).select("j.*")
silver = (silver.withColumn("admission_time", F.coalesce(F.expr("try_to_timestamp(admission_time)"), F.current_timestamp()))
          .withColumn("discharge_time", F.expr("try_to_timestamp(discharge_time)")).withColumn("age", F.when(F.col("age").between(0, 120), F.col("age"))))
silver.write.mode("overwrite").parquet(work + "/silver")
silver = spark.read.parquet(work + "/silver")
latest = silver.withColumn("n", F.row_number().over(Window.partitionBy("patient_id").orderBy(F.col("admission_time").desc()))).where("n = 1")
latest.select("patient_id", "gender", "age", F.sha2("patient_id", 256).alias("key")).write.mode("overwrite").parquet(work + "/dim_patient")
departments = silver.select("department", "hospital_id").distinct()
departments.write.mode("overwrite").parquet(work + "/dim_department")
fact = (silver.groupBy("patient_id", "department", "hospital_id", "admission_time").agg(F.max("discharge_time").alias("discharge_time"), F.first("bed_id").alias("bed_id"))
        .withColumn("length_of_stay_hours", (F.unix_timestamp("discharge_time") - F.unix_timestamp("admission_time")) / 3600.0))
fact.write.mode("overwrite").parquet(work + "/fact")
fact = spark.read.parquet(work + "/fact")
moves = fact.select("department", "hospital_id", F.date_trunc("hour", "admission_time").alias("hour"), F.lit(1).alias("ins"), F.lit(0).alias("outs")).unionAll(
    fact.where("discharge_time is not null").select("department", "hospital_id", F.date_trunc("hour", "discharge_time"), F.lit(0), F.lit(1)))
moves.groupBy("department", "hospital_id", "hour").sum("ins", "outs").write.mode("overwrite").parquet(work + "/flow")
print(fact.count())
