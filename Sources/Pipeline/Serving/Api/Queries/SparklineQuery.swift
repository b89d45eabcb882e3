/// Twenty-four points, one an hour, the last one at `$now`. Each visit is touched once: it adds to the first point at or
/// after it begins to count and takes away at the first one at or after it ends.
enum SparklineQuery {
  static let points = GoldQuery(
    """
    with

    points as (

        select
            number,
            pf_hour(cast($now as timestamp)) - to_hours(cast(23 - number as bigint)) as hour_at,
            case
                when number = 23 then cast($now as timestamp)
                else pf_hour(cast($now as timestamp)) - to_hours(cast(22 - number as bigint))
            end as point_at
        from (select cast(range as bigint) as number from range(24)) as numbers

    ),

    visits as (

        select hospital_id, department, arrival_time, admission_time, discharge_time, expected_discharge_time, is_first_visit, is_last_visit
        from \(VisitSource.visits(endedFrom: "cast($now as timestamp) - interval 26 hours")) as visits
        where ($hospital is null or hospital_id = $hospital)
            and ($department is null or department = $department)

    ),

    changes as (

        select hospital_id, department, 'census' as figure, admission_time as changed_at, 1 as change
        from visits where admission_time is not null
        union all
        select hospital_id, department, 'census', discharge_time, -1
        from visits where admission_time is not null and discharge_time is not null
        union all
        select hospital_id, department, 'waiting', arrival_time, 1
        from visits where arrival_time is not null
        union all
        select hospital_id, department, 'waiting', coalesce(admission_time, discharge_time), -1
        from visits where arrival_time is not null and coalesce(admission_time, discharge_time) is not null
        union all
        select hospital_id, department, 'overdue', greatest(expected_discharge_time, admission_time), 1
        from visits
        where admission_time is not null and (discharge_time is null or expected_discharge_time < discharge_time)
            and expected_discharge_time is not null
        union all
        select hospital_id, department, 'overdue', discharge_time, -1
        from visits where admission_time is not null and discharge_time is not null and expected_discharge_time < discharge_time
        union all
        select hospital_id, department, 'admissions', admission_time, 1
        from visits where admission_time is not null and is_first_visit
        union all
        select hospital_id, department, 'discharges', discharge_time, 1
        from visits where admission_time is not null and discharge_time is not null and is_last_visit

    ),

    placed as (

        select
            hospital_id,
            department,
            figure,
            case
                when changed_at <= pf_hour(cast($now as timestamp)) - interval 23 hours then -1
                when changed_at > pf_hour(cast($now as timestamp)) then 23
                else cast(ceil(pf_hours(pf_hour(cast($now as timestamp)) - interval 23 hours, changed_at)) as bigint) - 1
            end as number,
            change
        from changes
        where changed_at <= $now

    ),

    steps as (

        select hospital_id, department, figure, number, sum(change) as change
        from placed
        group by hospital_id, department, figure, number

    ),

    departments as (

        select distinct hospital_id, department
        from gold.dim_department
        where ($hospital is null or hospital_id = $hospital) and ($department is null or department = $department)

    ),

    staffed as (

        select points.number, beds.hospital_id, beds.department, max(beds.staffed_beds) as staffed_beds
        from points
        inner join gold.dim_department as beds
            on beds.effective_from <= points.point_at and (beds.effective_to is null or beds.effective_to > points.point_at)
        group by points.number, beds.hospital_id, beds.department

    ),

    summed as (

        select
            points.number,
            departments.hospital_id,
            departments.department,
            sum(case when steps.figure = 'census' and steps.number <= points.number then steps.change else 0 end) as census,
            sum(case when steps.figure = 'waiting' and steps.number <= points.number then steps.change else 0 end) as waiting,
            sum(case when steps.figure = 'overdue' and steps.number <= points.number then steps.change else 0 end) as overdue,
            sum(case when steps.figure = 'admissions' and steps.number = points.number then steps.change else 0 end) as admissions,
            sum(case when steps.figure = 'discharges' and steps.number = points.number then steps.change else 0 end) as discharges
        from points
        cross join departments
        left join steps on steps.hospital_id = departments.hospital_id and steps.department = departments.department
        group by points.number, departments.hospital_id, departments.department

    ),

    network as (

        select
            summed.number,
            sum(summed.census) as census,
            sum(greatest(0, coalesce(staffed.staffed_beds, 0) - summed.census)) as free_beds,
            sum(summed.waiting) as waiting,
            sum(summed.admissions) as admissions,
            sum(summed.discharges) as discharges,
            sum(summed.overdue) as overdue
        from summed
        left join staffed
            on staffed.number = summed.number and staffed.hospital_id = summed.hospital_id and staffed.department = summed.department
        group by summed.number

    )

    select
        points.hour_at,
        case when points.hour_at >= $history then cast(network.census as bigint) end as census,
        case when points.hour_at >= $history then cast(network.free_beds as bigint) end as free_beds,
        case when points.hour_at >= $history then cast(network.waiting as bigint) end as waiting,
        case when points.hour_at >= $history then cast(network.admissions as bigint) end as admissions,
        case when points.hour_at >= $history then cast(network.discharges as bigint) end as discharges,
        case when points.hour_at >= $history then cast(network.overdue as bigint) end as overdue
    from points
    inner join network on network.number = points.number
    order by points.number nulls last
    """)

  /// The first hour of which anything is known. Not of the hourly sums: at ten million events these take half a second to add up.
  static let history = GoldQuery("select pf_hour(min(admission_time)) as history_from from gold.fact_patient_flow")
}
