-- One row per hospital, department, local weekday (1 = Monday) and local hour, over the last 28 complete local days.
with

hospitals as (

    select
        hospital.hospital_id,
        hospital.time_zone,
        clock.now,
        cast(pf_local(clock.now, hospital.time_zone) as date) as today
    from gold.dim_hospital as hospital
    cross join gold.clock as clock

),

-- Local time is worked out once per quarter of an hour, not once per visit.
quarters as (

    select
        visit.hospital_id,
        visit.department,
        pf_add_seconds(pf_hour(coalesce(visit.arrival_time, visit.admission_time)), floor(minute(coalesce(visit.arrival_time, visit.admission_time)) / 15) * 900) as quarter_at,
        count(*) as arrivals,
        0 as discharges
    from gold.fact_patient_flow as visit
    inner join hospitals on hospitals.hospital_id = visit.hospital_id
    where
        visit.is_first_visit
        and visit.admission_date >= pf_add_days(hospitals.today, -29)
        and coalesce(visit.arrival_time, visit.admission_time) <= hospitals.now
    group by
        visit.hospital_id,
        visit.department,
        pf_add_seconds(pf_hour(coalesce(visit.arrival_time, visit.admission_time)), floor(minute(coalesce(visit.arrival_time, visit.admission_time)) / 15) * 900)

    union all

    select
        visit.hospital_id,
        visit.department,
        pf_add_seconds(pf_hour(visit.discharge_time), floor(minute(visit.discharge_time) / 15) * 900) as quarter_at,
        0 as arrivals,
        count(*) as discharges
    from gold.fact_patient_flow as visit
    inner join hospitals on hospitals.hospital_id = visit.hospital_id
    where
        visit.is_last_visit
        and visit.discharge_date >= pf_add_days(hospitals.today, -28)
        and visit.discharge_time <= hospitals.now
    group by visit.hospital_id, visit.department, pf_add_seconds(pf_hour(visit.discharge_time), floor(minute(visit.discharge_time) / 15) * 900)

),

local_quarters as (

    select
        quarters.hospital_id,
        quarters.department,
        pf_local(quarters.quarter_at, hospitals.time_zone) as local_at,
        hospitals.today,
        quarters.arrivals,
        quarters.discharges
    from quarters
    inner join hospitals on hospitals.hospital_id = quarters.hospital_id

)

select
    hospital_id,
    department,
    pf_isodow(cast(local_at as date)) as weekday,
    cast(hour(local_at) as int) as hour,
    cast(sum(arrivals) as bigint) as arrivals,
    cast(sum(discharges) as bigint) as discharges,
    cast(sum(arrivals) as double) / 4 as arrivals_per_week,
    cast(sum(discharges) as double) / 4 as discharges_per_week
from local_quarters
where cast(local_at as date) >= pf_add_days(today, -28) and cast(local_at as date) < today
group by hospital_id, department, pf_isodow(cast(local_at as date)), cast(hour(local_at) as int)
