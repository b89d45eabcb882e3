-- One row per hospital, local admission date and gender: admissions to the hospital, transfers not counted again.
select
    visit.hospital_id,
    hospital.hospital_name,
    visit.admission_date,
    patient.gender,
    count(*) as patient_count
from gold.fact_patient_flow as visit
inner join gold.dim_patient as patient on patient.patient_key = visit.patient_key
inner join gold.dim_hospital as hospital on hospital.hospital_id = visit.hospital_id
cross join gold.clock as clock
where visit.is_first_visit and visit.admission_time <= clock.now
group by visit.hospital_id, hospital.hospital_name, visit.admission_date, patient.gender
