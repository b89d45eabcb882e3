-- One row per hospital, department, gender and age band with patients present as of gold.clock.
select
    demographics.hospital_id,
    hospital.hospital_name,
    demographics.department,
    demographics.gender,
    demographics.age_band,
    demographics.patients as patient_count
from gold.demographics as demographics
inner join gold.dim_hospital as hospital on hospital.hospital_id = demographics.hospital_id
