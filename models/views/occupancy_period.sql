-- One row per hospital, department and period of 1, 7 or 28 days before the clock: two occupancies, each by its own name.
with

periods as (

    select i as period_days from range(1, 29) as step(i) where i in (1, 7, 28)

),

nights as (

    select
        midnight.hospital_id,
        midnight.department,
        periods.period_days,
        count(*) as midnights,
        sum(midnight.census) as midnight_bed_days,
        sum(midnight.staffed_beds) as staffed_bed_days
    from gold.midnight_census as midnight
    inner join gold.dim_hospital as hospital on hospital.hospital_id = midnight.hospital_id
    cross join gold.clock as clock
    inner join periods on midnight.census_date > pf_add_days(cast(pf_local(clock.now, hospital.time_zone) as date), -periods.period_days)
    group by midnight.hospital_id, midnight.department, periods.period_days

),

hours as (

    select
        hourly.hospital_id,
        hourly.department,
        periods.period_days,
        sum(hourly.patient_hours) as patient_hours,
        sum(hourly.staffed_beds) as staffed_bed_hours
    from gold.census_hourly as hourly
    cross join gold.clock as clock
    inner join periods on hourly.hour_at >= pf_hour(clock.now) - periods.period_days * interval 1 day
    group by hourly.hospital_id, hourly.department, periods.period_days

)

select
    hours.hospital_id,
    hours.department,
    cast(hours.period_days as int) as period_days,
    cast(coalesce(nights.midnights, 0) as bigint) as midnights,
    cast(coalesce(nights.midnight_bed_days, 0) as bigint) as midnight_bed_days,
    cast(coalesce(nights.staffed_bed_days, 0) as bigint) as staffed_bed_days,
    100 * cast(nights.midnight_bed_days as double) / nullif(nights.staffed_bed_days, 0) as midnight_occupancy_percent,
    cast(hours.patient_hours as double) as patient_hours,
    cast(coalesce(hours.staffed_bed_hours, 0) as bigint) as staffed_bed_hours,
    100 * cast(hours.patient_hours as double) / nullif(hours.staffed_bed_hours, 0) as hourly_occupancy_percent
from hours
left join nights
    on nights.hospital_id = hours.hospital_id
    and nights.department = hours.department
    and nights.period_days = hours.period_days
