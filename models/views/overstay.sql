-- One row per patient present whose expected discharge has passed, or whose visit is longer than nine in ten of the department's.
with

-- The bar is the 90th percentile of the department's completed visits of the last 90 days, where there are at least 20.
bars as (

    select
        visit.hospital_id,
        visit.department,
        percentile_cont(0.9) within group (order by visit.length_of_stay_hours nulls last) as usual_hours
    from gold.fact_patient_flow as visit
    cross join gold.clock as clock
    where
        visit.discharge_date >= pf_add_days(cast(clock.now as date), -90)
        and visit.discharge_time <= clock.now
        and visit.length_of_stay_hours is not null
        and not coalesce(pf_has(visit.flags, 'stay_too_long'), false)
    group by visit.hospital_id, visit.department
    having count(*) >= 20

),

present as (

    select
        visit.patient_flow_key,
        visit.encounter_id,
        visit.patient_id,
        visit.hospital_id,
        visit.department,
        visit.bed_id,
        visit.admission_time,
        visit.expected_discharge_time,
        clock.now,
        pf_hours(visit.admission_time, clock.now) as hours_present
    from gold.fact_patient_flow as visit
    cross join gold.clock as clock
    where
        (visit.discharge_time is null or visit.discharge_time > clock.now)
        and visit.admission_time <= clock.now

)

select
    present.patient_flow_key,
    present.encounter_id,
    present.patient_id,
    present.hospital_id,
    present.department,
    present.bed_id,
    present.admission_time,
    present.expected_discharge_time,
    present.hours_present,
    bars.usual_hours,
    coalesce(present.expected_discharge_time <= present.now, false) as is_overdue,
    case when present.expected_discharge_time <= present.now then pf_hours(present.expected_discharge_time, present.now) end as hours_overdue,
    coalesce(present.hours_present > bars.usual_hours, false) as is_longer_than_usual
from present
left join bars
    on bars.hospital_id = present.hospital_id
    and bars.department = present.department
where present.expected_discharge_time <= present.now or present.hours_present > bars.usual_hours
