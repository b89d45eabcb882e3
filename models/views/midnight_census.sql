-- One row per hospital, department and local midnight of the last 90 days: who was there at 00:00 of census_date.
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

-- A visit is counted from the first midnight at or after its admission up to the first at or after its discharge. A time
-- of exactly midnight can only stand on a quarter of an hour, so only those are turned to local time.
changes as (

    select
        visit.hospital_id,
        visit.department,
        case
            when pf_seconds(pf_hour(visit.admission_time), visit.admission_time) % 900 = 0
                and pf_local(visit.admission_time, hospitals.time_zone) = cast(visit.admission_date as timestamp)
                then visit.admission_date
            else pf_add_days(visit.admission_date, 1)
        end as census_date,
        1 as change
    from gold.fact_patient_flow as visit
    inner join hospitals on hospitals.hospital_id = visit.hospital_id
    where visit.admission_time is not null

    union all

    select
        visit.hospital_id,
        visit.department,
        case
            when pf_seconds(pf_hour(visit.discharge_time), visit.discharge_time) % 900 = 0
                and pf_local(visit.discharge_time, hospitals.time_zone) = cast(visit.discharge_date as timestamp)
                then visit.discharge_date
            else pf_add_days(visit.discharge_date, 1)
        end as census_date,
        -1 as change
    from gold.fact_patient_flow as visit
    inner join hospitals on hospitals.hospital_id = visit.hospital_id
    where visit.admission_time is not null and visit.discharge_time is not null

),

daily as (

    select hospital_id, department, census_date, sum(change) as change
    from changes
    group by hospital_id, department, census_date

),

anchors as (

    select
        daily.hospital_id,
        daily.department,
        hospitals.today,
        hospitals.time_zone,
        min(daily.census_date) as first_date,
        sum(case when daily.census_date <= pf_add_days(hospitals.today, -90) then daily.change else 0 end) as census_before
    from daily
    inner join hospitals on hospitals.hospital_id = daily.hospital_id
    where daily.census_date <= hospitals.today
    group by daily.hospital_id, daily.department, hospitals.today, hospitals.time_zone

),

midnights as (

    select
        anchors.hospital_id,
        anchors.department,
        anchors.time_zone,
        anchors.census_before,
        pf_add_days(anchors.today, step.i - 89) as census_date
    from anchors
    inner join range(0, 90) as step(i) on pf_add_days(anchors.today, step.i - 89) >= anchors.first_date

),

counted as (

    select
        midnights.hospital_id,
        midnights.department,
        midnights.census_date,
        pf_utc(cast(midnights.census_date as timestamp), midnights.time_zone) as midnight_at,
        midnights.census_before + sum(coalesce(daily.change, 0)) over (
            partition by midnights.hospital_id, midnights.department order by midnights.census_date nulls last
            rows between unbounded preceding and current row
        ) as census
    from midnights
    left join daily
        on daily.hospital_id = midnights.hospital_id
        and daily.department = midnights.department
        and daily.census_date = midnights.census_date

)

select
    counted.hospital_id,
    counted.department,
    counted.census_date,
    counted.midnight_at,
    cast(counted.census as bigint) as census,
    department.staffed_beds,
    100 * cast(counted.census as double) / nullif(department.staffed_beds, 0) as midnight_occupancy_percent
from counted
left join gold.dim_department as department
    on department.hospital_id = counted.hospital_id
    and department.department = counted.department
    and department.effective_from <= counted.midnight_at
    and department.effective_to > counted.midnight_at
