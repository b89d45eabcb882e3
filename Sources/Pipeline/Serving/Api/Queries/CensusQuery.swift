/// Census and staffed beds over a period.
enum CensusQuery {
  /// At the start of each hour: all movement of the hours before, summed.
  static let hours = GoldQuery(
    """
    with

    changes as (

        select
            greatest(hour_at, pf_hour(cast($from as timestamp)) - interval 1 hour) as hour_at,
            sum(net_change) as net_change
        from gold.fact_flow_hourly
        where hour_at < $to
            and ($hospital is null or hospital_id = $hospital)
            and ($department is null or department = $department)
        group by 1

    ),

    hours as (

        select unnest(generate_series(
            pf_hour(cast($from as timestamp)) + case when pf_hour(cast($from as timestamp)) = cast($from as timestamp) then interval 0 hours else interval 1 hour end,
            cast($to as timestamp) - interval 1 microsecond, interval 1 hour
        )) as hour_at

    ),

    census as (

        select all_hours.hour_at, sum(coalesce(changes.net_change, 0)) over (order by all_hours.hour_at) as after_hour
        from (
            select hour_at from hours
            union
            select hour_at from changes
        ) as all_hours
        left join changes on changes.hour_at = all_hours.hour_at

    ),

    shifted as (

        -- What stood after the hour before is what stands at the start of this one.
        select hour_at, coalesce(lag(after_hour) over (order by hour_at), 0) as census
        from census

    ),

    staffed as (

        select hours.hour_at, sum(beds.staffed_beds) as staffed_beds
        from hours
        inner join gold.dim_department as beds
            on beds.effective_from <= hours.hour_at and (beds.effective_to is null or beds.effective_to > hours.hour_at)
        where ($hospital is null or beds.hospital_id = $hospital) and ($department is null or beds.department = $department)
        group by hours.hour_at

    )

    select
        hours.hour_at,
        cast(greatest(0, coalesce(shifted.census, 0)) as bigint) as census,
        cast(coalesce(staffed.staffed_beds, 0) as bigint) as staffed_beds,
        case when staffed.staffed_beds > 0 then round(cast(greatest(0, coalesce(shifted.census, 0)) as double) / staffed.staffed_beds, 4) end as occupancy
    from hours
    left join shifted on shifted.hour_at = hours.hour_at
    left join staffed on staffed.hour_at = hours.hour_at
    where $now is not null
    order by hours.hour_at nulls last
    """)

  /// By the local midnights of each hospital within the period. A visit counts once for each midnight it spans.
  static let midnight = GoldQuery(
    """
    with

    hospitals as (

        select
            hospital_id,
            time_zone,
            cast(pf_local(cast($from as timestamp) - interval 1 microsecond, time_zone) as date) as day_before,
            cast(pf_local(cast($to as timestamp) - interval 1 microsecond, time_zone) as date) as last_day
        from gold.dim_hospital
        where $hospital is null or hospital_id = $hospital

    ),

    midnights as (

        select hospital_id, timezone('UTC', timezone(time_zone, cast(unnest(generate_series(day_before + 1, last_day, interval 1 day)) as timestamp))) as midnight_at
        from hospitals

    ),

    -- Local midnights lie on quarters of an hour, so it is enough to know in which quarter a visit begins and ends. A visit
    -- spans as many midnights as there are days between the quarter before it began and the one before it ended.
    quarters as (

        select
            flow.hospital_id,
            time_bucket(interval 15 minutes, greatest(flow.admission_time, cast($from as timestamp)) - interval 1 microsecond) as quarter_at,
            -1 as sign,
            count(*) as visits
        from \(VisitSource.visits(endedFrom: "$from")) as flow
        where flow.admission_time < $to
            and ($hospital is null or flow.hospital_id = $hospital)
            and ($department is null or flow.department = $department)
        group by 1, 2
        union all
        select
            flow.hospital_id,
            time_bucket(
                interval 15 minutes, least(coalesce(flow.discharge_time, cast($to as timestamp)), cast($to as timestamp)) - interval 1 microsecond
            ) as quarter_at,
            1 as sign,
            count(*) as visits
        from \(VisitSource.visits(endedFrom: "$from")) as flow
        where flow.admission_time < $to
            and ($hospital is null or flow.hospital_id = $hospital)
            and ($department is null or flow.department = $department)
        group by 1, 2

    ),

    occupied as (

        select coalesce(sum(
            quarters.sign * quarters.visits
            * date_diff('day', date '1970-01-01', cast(pf_local(quarters.quarter_at, hospitals.time_zone) as date))
        ), 0) as bed_days
        from quarters
        inner join hospitals on hospitals.hospital_id = quarters.hospital_id

    ),

    staffed as (

        select coalesce(sum(beds.staffed_beds), 0) as bed_days
        from midnights
        inner join gold.dim_department as beds
            on beds.hospital_id = midnights.hospital_id
            and beds.effective_from <= midnights.midnight_at and (beds.effective_to is null or beds.effective_to > midnights.midnight_at)
        where $department is null or beds.department = $department

    )

    select
        (select coalesce(max(nights), 0) from (select count(*) as nights from midnights group by hospital_id) as counted) as nights,
        cast(occupied.bed_days as bigint) as occupied_bed_days,
        cast(staffed.bed_days as bigint) as staffed_bed_days,
        case when staffed.bed_days > 0 then round(cast(occupied.bed_days as double) / staffed.bed_days, 4) end as occupancy
    from occupied
    cross join staffed
    """)
}
