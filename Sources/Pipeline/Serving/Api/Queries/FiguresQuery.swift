internal import DuckDB

/// The figures of every department at one instant (`$now`): this moment, or the same moment a week before.
enum FiguresQuery {
  ///
  /// Visits that ended before `$horizon` are not read: what they add to a day is taken from the hours of
  /// `fact_flow_hourly`. Only where a local midnight is at no full UTC hour must the whole day be read from the visits,
  /// and ``zones`` tells.
  static let departments = GoldQuery(
    """
    with

    midnights as (

        select
            hospital_id,
            timezone('UTC', timezone(time_zone, date_trunc('day', pf_local(cast($now as timestamp), time_zone)))) as today_at
        from gold.dim_hospital
        where $hospital is null or hospital_id = $hospital

    ),

    hospitals as (

        select
            hospital_id,
            today_at,
            case
                when pf_hour(today_at) = today_at then greatest(today_at, pf_hour(cast($now as timestamp)))
                else today_at
            end as counted_from
        from midnights

    ),

    hours as (

        select flow.hospital_id, flow.department, sum(flow.admissions) as admissions, sum(flow.discharges) as discharges
        from gold.fact_flow_hourly as flow
        inner join hospitals on hospitals.hospital_id = flow.hospital_id
        where flow.hour_at >= cast($now as timestamp) - interval 26 hours
            and flow.hour_at >= hospitals.today_at
            and flow.hour_at < hospitals.counted_from
            and ($department is null or flow.department = $department)
        group by flow.hospital_id, flow.department

    ),

    departments as (

        select hospital_id, department, specialty, is_mapped, staffed_beds, closed_beds
        from gold.dim_department
        where effective_from <= $now
            and (effective_to is null or effective_to > $now)
            and ($hospital is null or hospital_id = $hospital)
            and ($department is null or department = $department)

    ),

    visits as (

        select
            hospital_id, department, arrival_time, admission_time, discharge_time, expected_discharge_time, is_first_visit, is_last_visit
        from \(VisitSource.visits(endedFrom: "$horizon")) as visits
        where ($hospital is null or hospital_id = $hospital)
            and ($department is null or department = $department)

    ),

    marked as (

        select
            visits.*,
            hospitals.counted_from,
            admission_time <= $now and (discharge_time is null or discharge_time > $now) as is_present,
            admission_time > cast($now as timestamp) - interval 1 hour and admission_time <= $now as is_in_last_hour,
            admission_time is not null
                and discharge_time > cast($now as timestamp) - interval 1 hour and discharge_time <= $now as is_out_last_hour
        from visits
        inner join hospitals on visits.hospital_id = hospitals.hospital_id

    ),

    counted as (

        select
            hospital_id,
            department,
            count(case when is_present then 1 end) as census,
            count(case
                when arrival_time <= $now
                    and (admission_time is null or admission_time > $now)
                    and (discharge_time is null or discharge_time > $now) then 1
            end) as waiting,
            count(case when is_in_last_hour and is_first_visit then 1 end) as admissions_last_hour,
            count(case when is_in_last_hour and not is_first_visit then 1 end) as transfers_in_last_hour,
            count(case when is_out_last_hour and is_last_visit then 1 end) as discharges_last_hour,
            count(case when is_out_last_hour and not is_last_visit then 1 end) as transfers_out_last_hour,
            count(case when is_first_visit and admission_time >= counted_from and admission_time <= $now then 1 end) as admissions_today,
            count(case
                when is_last_visit and admission_time is not null and discharge_time >= counted_from and discharge_time <= $now then 1
            end) as discharges_today,
            count(case
                when is_present
                    and expected_discharge_time > $now
                    and expected_discharge_time <= cast($now as timestamp) + interval 24 hours then 1
            end) as expected_discharges_day,
            count(case when is_present and expected_discharge_time <= $now then 1 end) as overdue
        from marked
        group by hospital_id, department

    )

    select
        departments.hospital_id,
        departments.department,
        departments.specialty,
        departments.is_mapped,
        coalesce(departments.staffed_beds, 0) as staffed_beds,
        coalesce(departments.closed_beds, 0) as closed_beds,
        coalesce(counted.census, 0) as census,
        coalesce(counted.waiting, 0) as waiting,
        coalesce(counted.admissions_last_hour, 0) as admissions_last_hour,
        coalesce(counted.transfers_in_last_hour, 0) as transfers_in_last_hour,
        coalesce(counted.discharges_last_hour, 0) as discharges_last_hour,
        coalesce(counted.transfers_out_last_hour, 0) as transfers_out_last_hour,
        cast(coalesce(counted.admissions_today, 0) + coalesce(hours.admissions, 0) as bigint) as admissions_today,
        cast(coalesce(counted.discharges_today, 0) + coalesce(hours.discharges, 0) as bigint) as discharges_today,
        coalesce(counted.expected_discharges_day, 0) as expected_discharges_day,
        coalesce(counted.overdue, 0) as overdue
    from departments
    left join counted on departments.hospital_id = counted.hospital_id and departments.department = counted.department
    left join hours on departments.hospital_id = hours.hospital_id and departments.department = hours.department
    order by departments.hospital_id nulls last, departments.department nulls last
    """)

  /// The hospitals, and whether the midnight before `$now` is at a full UTC hour in each: where it is not, the visits of the
  /// whole day are read (``horizonHours(_:)``).
  static let zones = GoldQuery(
    """
    with

    midnights as (

        select
            hospital_id,
            hospital_name as name,
            time_zone,
            timezone('UTC', timezone(time_zone, date_trunc('day', pf_local(cast($now as timestamp), time_zone)))) as today_at
        from gold.dim_hospital
        where $hospital is null or hospital_id = $hospital

    )

    select hospital_id, name, time_zone, pf_hour(today_at) = today_at as is_on_hour
    from midnights
    order by hospital_id nulls last
    """)

  /// How far back closed visits are read, given the rows of ``zones``.
  static func horizonHours(_ zones: RowSet) -> Double {
    zones.rows.indices.allSatisfy { zones.value("is_on_hour", row: $0).bool == true } ? 1 : 26
  }

  static let hospitals = GoldQuery(
    """
    select hospital_id, hospital_name as name, time_zone
    from gold.dim_hospital
    where $hospital is null or hospital_id = $hospital
    order by hospital_id nulls last
    """)
}
