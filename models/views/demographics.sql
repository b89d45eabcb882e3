-- One row per hospital, department, gender and age band with patients present as of gold.clock: counts, never a share of beds.
select
    visit.hospital_id,
    visit.department,
    patient.gender,
    patient.age_band,
    count(*) as patients
from gold.fact_patient_flow as visit
inner join gold.dim_patient as patient on patient.patient_key = visit.patient_key
cross join gold.clock as clock
where
    (visit.discharge_time is null or visit.discharge_time > clock.now)
    and visit.admission_time <= clock.now
group by visit.hospital_id, visit.department, patient.gender, patient.age_band
