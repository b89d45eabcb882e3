/// Arrivals, movement by hour, and movement between departments.
enum FlowQuery {
  /// First visits by local weekday and hour of registration, or of admission where there was none.
  static let arrivals = GoldQuery(
    """
    with

    arrived as (

        select
            flow.hospital_id,
            coalesce(flow.arrival_time, flow.admission_time) as arrived_at,
            coalesce(patients.gender, 'unknown') as gender,
            coalesce(pf_age_band(flow.age), patients.age_band, 'unknown') as age_band
        from \(VisitSource.visits(endedFrom: "$from")) as flow
        left join gold.dim_patient as patients on patients.patient_key = flow.patient_key
        where flow.is_first_visit
            and coalesce(flow.arrival_time, flow.admission_time) >= $from
            and coalesce(flow.arrival_time, flow.admission_time) < $to
            and ($hospital is null or flow.hospital_id = $hospital)
            and ($department is null or flow.department = $department)

    ),

    -- Zones differ by quarters of an hour, so counting by quarter first leaves few times to convert.
    quarters as (

        select hospital_id, time_bucket(interval 15 minutes, arrived_at) as quarter_at, count(*) as arrivals
        from arrived
        where ($gender is null or gender = $gender) and ($age_band is null or age_band = $age_band)
        group by 1, 2

    ),

    counted as (

        select
            quarters.hospital_id,
            pf_isodow(cast(pf_local(quarters.quarter_at, hospitals.time_zone) as date)) as weekday,
            cast(hour(pf_local(quarters.quarter_at, hospitals.time_zone)) as int) as hour,
            cast(sum(quarters.arrivals) as bigint) as arrivals
        from quarters
        inner join gold.dim_hospital as hospitals on hospitals.hospital_id = quarters.hospital_id
        group by 1, 2, 3

    ),

    hours as (

        select unnest(generate_series(
            pf_hour(cast($from as timestamp)), cast($to as timestamp) - interval 1 microsecond, interval 1 hour
        )) as hour_at

    ),

    zones as (

        select distinct time_zone from gold.dim_hospital where $hospital is null or hospital_id = $hospital

    ),

    local_hours as (

        select zones.time_zone, pf_local(hours.hour_at, zones.time_zone) as local_hour
        from hours
        cross join zones

    ),

    occurrences as (

        select time_zone, pf_isodow(cast(local_hour as date)) as weekday, cast(hour(local_hour) as int) as hour, count(*) as hours
        from local_hours
        group by 1, 2, 3

    ),

    -- A weekday's hour occurs at other times in other zones, and at the ends of a period not in all of them.
    rates as (

        select
            occurrences.weekday,
            occurrences.hour,
            sum(coalesce(counted.arrivals, 0) / cast(occurrences.hours as double)) as mean
        from occurrences
        inner join gold.dim_hospital as hospitals on hospitals.time_zone = occurrences.time_zone
        left join counted
            on counted.hospital_id = hospitals.hospital_id and counted.weekday = occurrences.weekday and counted.hour = occurrences.hour
        where $hospital is null or hospitals.hospital_id = $hospital
        group by 1, 2

    ),

    totals as (

        select weekday, hour, cast(sum(arrivals) as bigint) as arrivals
        from counted
        group by 1, 2

    ),

    cells as (

        select cast(weekdays.range as int) as weekday, cast(hours_of_day.range as int) as hour
        from range(1, 8) as weekdays
        cross join range(24) as hours_of_day

    )

    select
        cells.weekday,
        cells.hour,
        coalesce(totals.arrivals, 0) as arrivals,
        round(rates.mean, 3) as mean
    from cells
    left join totals on totals.weekday = cells.weekday and totals.hour = cells.hour
    left join rates on rates.weekday = cells.weekday and rates.hour = cells.hour
    order by cells.weekday nulls last, cells.hour nulls last
    """)

  static let hours = GoldQuery(
    """
    with

    hours as (

        select unnest(generate_series(
            pf_hour(cast($from as timestamp)), cast($to as timestamp) - interval 1 microsecond, interval 1 hour
        )) as hour_at

    ),

    moved as (

        select
            hour_at,
            sum(admissions) as admissions,
            sum(discharges) as discharges,
            sum(transfers_in) as transfers_in,
            sum(transfers_out) as transfers_out
        from gold.fact_flow_hourly
        where hour_at >= pf_hour(cast($from as timestamp)) and hour_at < $to
            and ($hospital is null or hospital_id = $hospital)
            and ($department is null or department = $department)
        group by hour_at

    )

    select
        hours.hour_at,
        cast(coalesce(moved.admissions, 0) as bigint) as admissions,
        cast(coalesce(moved.discharges, 0) as bigint) as discharges,
        cast(coalesce(moved.transfers_in, 0) as bigint) as transfers_in,
        cast(coalesce(moved.transfers_out, 0) as bigint) as transfers_out
    from hours
    left join moved on moved.hour_at = hours.hour_at
    order by hours.hour_at nulls last
    """)

  static let movements = GoldQuery(
    """
    select department as from_department, next_department as to_department, count(*) as transfers
    from gold.fact_patient_flow
    where discharge_time >= $from and discharge_time < $to
        and not is_last_visit
        and next_department is not null
        and next_department <> department
        and ($hospital is null or hospital_id = $hospital)
        and ($department is null or department = $department or next_department = $department)
    group by department, next_department
    order by transfers desc nulls last, from_department nulls last, to_department nulls last
    """)

  /// First visits that began in the period, by who the patients are.
  static let demographics = GoldQuery(
    """
    with

    arrived as (

        select
            coalesce(patients.gender, 'unknown') as gender,
            coalesce(pf_age_band(flow.age), patients.age_band, 'unknown') as age_band,
            flow.patient_key_hash
        from \(VisitSource.visits(endedFrom: "$from")) as flow
        left join gold.dim_patient as patients on patients.patient_key = flow.patient_key
        where flow.is_first_visit
            and coalesce(flow.arrival_time, flow.admission_time) >= $from
            and coalesce(flow.arrival_time, flow.admission_time) < $to
            and ($hospital is null or flow.hospital_id = $hospital)
            and ($department is null or flow.department = $department)

    )

    select gender, age_band, count(distinct patient_key_hash) as patients
    from arrived
    where ($gender is null or gender = $gender) and ($age_band is null or age_band = $age_band)
    group by gender, age_band
    order by gender nulls last, age_band nulls last
    """)
}
