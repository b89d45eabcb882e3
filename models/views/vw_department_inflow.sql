-- One row per hospital, department and local date on which patients came in, by admission or by transfer.
select
    visit.hospital_id,
    hospital.hospital_name,
    visit.department,
    visit.admission_date as inflow_date,
    count(case when visit.is_first_visit then 1 end) as admissions,
    count(case when not visit.is_first_visit then 1 end) as transfers_in,
    count(*) as patient_count
from gold.fact_patient_flow as visit
inner join gold.dim_hospital as hospital on hospital.hospital_id = visit.hospital_id
cross join gold.clock as clock
where visit.admission_time <= clock.now
group by visit.hospital_id, hospital.hospital_name, visit.department, visit.admission_date
