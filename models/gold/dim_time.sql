-- One row per time zone and local hour (twice where clocks go back), for each UTC month in which a record lies.
with

months as (

    select distinct cast(date_trunc('month', instant) as timestamp) as month_at
    from (
        select admission_time as instant from silver.stay_record
        union all
        select recorded_at as instant from silver.stay_record
        union all
        select occurred_at as instant from silver.movement_record
    ) as instants

),

zones as (

    select distinct time_zone from gold.dim_hospital

),

-- Quarters of an hour: every zone's offset changes at one of them. A day on both sides covers the local month, and two
-- hours more, left out again below, make the first and last hour whole.
quarters as (

    select
        zones.time_zone,
        months.month_at + (step.i - 104) * interval 15 minute as utc_at,
        max(case when step.i between 8 and 3175 then 1 else 0 end) as is_covered
    from months
    cross join zones
    cross join range(0, 3184) as step(i)
    group by zones.time_zone, months.month_at + (step.i - 104) * interval 15 minute

),

local_quarters as (

    select
        time_zone,
        utc_at,
        is_covered,
        pf_local(utc_at, time_zone) as local_at
    from quarters

),

hours as (

    select
        time_zone,
        cast(date_trunc('hour', local_at) as timestamp) as local_hour,
        pf_add_seconds(utc_at, -minute(local_at) * 60) as utc_hour,
        min(utc_at) as utc_from,
        max(utc_at) + interval 15 minute as utc_to
    from local_quarters
    group by time_zone, cast(date_trunc('hour', local_at) as timestamp), pf_add_seconds(utc_at, -minute(local_at) * 60)
    having max(is_covered) = 1

)

select
    pf_key(time_zone) - pf_key(time_zone) % 16777216
    + cast(floor(cast(pf_seconds(timestamp '1900-01-01 00:00:00', utc_hour) as double) / 900) as bigint) as time_key,
    time_zone,
    local_hour,
    utc_from,
    utc_to,
    cast(local_hour as date) as local_date,
    cast(hour(local_hour) as int) as hour,
    pf_isodow(cast(local_hour as date)) as weekday,
    pf_isodow(cast(local_hour as date)) >= 6 as is_weekend,
    case
        when hour(local_hour) between 7 and 14 then 'day'
        when hour(local_hour) between 15 and 22 then 'evening'
        else 'night'
    end as shift,
    cast(month(local_hour) as int) as month
from hours
