-- One row per hospital, department and gender over department visits ended in the last 28 local days.
select
    visit.hospital_id,
    hospital.hospital_name,
    visit.department,
    patient.gender,
    28 as period_days,
    count(case when not coalesce(pf_has(visit.flags, 'stay_too_long'), false) then 1 end) as completed_visits,
    avg(case when not coalesce(pf_has(visit.flags, 'stay_too_long'), false) then visit.length_of_stay_hours end) as avg_treatment_duration_hours,
    median(case when not coalesce(pf_has(visit.flags, 'stay_too_long'), false) then visit.length_of_stay_hours end) as median_treatment_duration_hours,
    count(case when pf_has(visit.flags, 'stay_too_long') then 1 end) as left_out
from gold.fact_patient_flow as visit
inner join gold.dim_patient as patient on patient.patient_key = visit.patient_key
inner join gold.dim_hospital as hospital on hospital.hospital_id = visit.hospital_id
cross join gold.clock as clock
where
    visit.length_of_stay_hours is not null
    and visit.discharge_time <= clock.now
    and visit.discharge_date > pf_add_days(cast(pf_local(clock.now, hospital.time_zone) as date), -28)
group by visit.hospital_id, hospital.hospital_name, visit.department, patient.gender
