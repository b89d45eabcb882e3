-- One row per hospital, department (NULL: the whole hospital) and period of 1, 7 or 28 local days up to today.
with

periods as (

    select i as period_days from range(1, 29) as step(i) where i in (1, 7, 28)

),

-- Department visits, ended by discharge or by transfer; and whole stays, from the first admission to the discharge.
ended as (

    select
        hospital_id,
        department,
        discharge_date,
        discharge_time,
        length_of_stay_hours as hours,
        coalesce(pf_has(flags, 'stay_too_long'), false) as is_left_out
    from gold.fact_patient_flow
    where length_of_stay_hours is not null

    union all

    select
        hospital_id,
        cast(null as string) as department,
        discharge_date,
        discharge_time,
        pf_hours(encounter_admission_time, discharge_time) as hours,
        coalesce(pf_has(flags, 'stay_too_long'), false) as is_left_out
    from gold.fact_patient_flow
    where length_of_stay_hours is not null and is_last_visit

)

select
    ended.hospital_id,
    ended.department,
    cast(periods.period_days as int) as period_days,
    count(case when not ended.is_left_out then 1 end) as completed,
    avg(case when not ended.is_left_out then ended.hours end) as mean_hours,
    median(case when not ended.is_left_out then ended.hours end) as median_hours,
    percentile_cont(0.9) within group (order by case when not ended.is_left_out then ended.hours end nulls last) as p90_hours,
    count(case when ended.is_left_out then 1 end) as left_out
from ended
inner join gold.dim_hospital as hospital on hospital.hospital_id = ended.hospital_id
cross join gold.clock as clock
inner join periods on ended.discharge_date > pf_add_days(cast(pf_local(clock.now, hospital.time_zone) as date), -periods.period_days)
where ended.discharge_time <= clock.now
group by ended.hospital_id, ended.department, periods.period_days
