-- One row per hospital, department of the first visit and period of 1, 7 or 28 local days up to today.
with

periods as (

    select i as period_days from range(1, 29) as step(i) where i in (1, 7, 28)

)

select
    visit.hospital_id,
    visit.department,
    cast(periods.period_days as int) as period_days,
    count(visit.admission_time) as admissions,
    count(case when visit.wait_minutes >= 0 then 1 end) as waits,
    avg(case when visit.wait_minutes >= 0 then visit.wait_minutes end) as mean_minutes,
    median(case when visit.wait_minutes >= 0 then visit.wait_minutes end) as median_minutes,
    percentile_cont(0.9) within group (order by case when visit.wait_minutes >= 0 then visit.wait_minutes end nulls last) as p90_minutes,
    count(case when visit.admission_time is null and visit.discharge_time is not null then 1 end) as left_without_being_seen
from gold.fact_patient_flow as visit
inner join gold.dim_hospital as hospital on hospital.hospital_id = visit.hospital_id
cross join gold.clock as clock
inner join periods on visit.admission_date > pf_add_days(cast(pf_local(clock.now, hospital.time_zone) as date), -periods.period_days)
where visit.is_first_visit and coalesce(visit.admission_time, visit.arrival_time) <= clock.now
group by visit.hospital_id, visit.department, periods.period_days
