/// One department of one hospital.
enum DepartmentQuery {
  static let names = GoldQuery(
    """
    select hospitals.hospital_name as hospital, departments.specialty
    from gold.dim_department as departments
    inner join gold.dim_hospital as hospitals on hospitals.hospital_id = departments.hospital_id
    where departments.hospital_id = $hospital and departments.department = $department and departments.is_current
    """)

  /// Census after each change of the last 48 hours, between the first and the last of them.
  static let census = GoldQuery(
    """
    with

    visits as (

        select admission_time, discharge_time
        from \(VisitSource.visits(endedFrom: "cast($now as timestamp) - interval 48 hours")) as visits
        where hospital_id = $hospital
            and department = $department
            and admission_time <= $now

    ),

    changes as (

        select greatest(admission_time, cast($now as timestamp) - interval 48 hours) as changed_at, 1 as change
        from visits
        union all
        select discharge_time, -1
        from visits where discharge_time <= $now
        union all
        select cast($now as timestamp) - interval 48 hours, 0
        union all
        select cast($now as timestamp), 0

    ),

    steps as (

        select changed_at, sum(change) as change from changes group by changed_at

    )

    select changed_at as "at", cast(sum(change) over (order by changed_at nulls last) as bigint) as census
    from steps
    order by changed_at nulls last
    """)

  static let capacity = GoldQuery(
    """
    with

    valid as (

        select
            greatest(effective_from, cast($now as timestamp) - interval 48 hours) as changed_at,
            staffed_beds,
            closed_beds,
            effective_to
        from gold.dim_department
        where hospital_id = $hospital
            and department = $department
            and effective_from <= $now
            and (effective_to is null or effective_to > cast($now as timestamp) - interval 48 hours)

    )

    select changed_at as "at", coalesce(staffed_beds, 0) as staffed_beds, coalesce(closed_beds, 0) as closed_beds
    from (
        select changed_at, staffed_beds, closed_beds from valid
        union all
        select cast($now as timestamp), staffed_beds, closed_beds from valid where effective_to is null or effective_to > $now
    ) as steps
    order by changed_at nulls last
    """)

  static let expectedDischarges = GoldQuery(
    """
    with

    hours as (

        select cast($now as timestamp) + to_hours(cast(range as bigint)) as hour_at from range(24)

    ),

    present as (

        select expected_discharge_time
        from \(VisitSource.visits(endedFrom: "$now")) as visits
        where hospital_id = $hospital
            and department = $department
            and admission_time <= $now
            and (discharge_time is null or discharge_time > $now)
            and expected_discharge_time >= $now
            and expected_discharge_time < cast($now as timestamp) + interval 24 hours

    )

    select hours.hour_at, count(present.expected_discharge_time) as expected
    from hours
    left join present
        on present.expected_discharge_time >= hours.hour_at and present.expected_discharge_time < hours.hour_at + interval 1 hour
    group by hours.hour_at
    order by hours.hour_at nulls last
    """)

  static let beds = GoldQuery(
    """
    with

    stays as (

        select
            room,
            bed_id,
            admission_time <= $now and (discharge_time is null or discharge_time > $now) as is_present
        from \(VisitSource.bedStays(endedFrom: "cast($now as timestamp) - interval 30 days")) as stays
        where hospital_id = $hospital
            and department = $department
            and bed_id is not null

    ),

    beds as (

        select room, bed_id, count(case when is_present then 1 end) as patients
        from stays
        group by room, bed_id

    )

    select room, bed_id, case patients when 0 then 'free' when 1 then 'occupied' else 'conflict' end as state
    from beds
    order by room nulls first, bed_id nulls last
    """)
}
