/// What the rules found. The period is one of arrival (wall clock), so it ends at the last commit, not at the hospital's now.
enum QualityQuery {
  static let events = GoldQuery(
    """
    select cast(sum(events) as bigint) as events
    from (
        select count(*) as events from silver.stay_record
        where enqueued_at >= $from and enqueued_at < $to and ($hospital is null or hospital_id = $hospital)
        union all
        select count(*) from silver.movement_record
        where enqueued_at >= $from and enqueued_at < $to and ($hospital is null or hospital_id = $hospital)
        union all
        select count(*) from silver.department_change
        where enqueued_at >= $from and enqueued_at < $to and ($hospital is null or hospital_id = $hospital)
        union all
        select count(*) from silver.quarantine
        where enqueued_at >= $from and enqueued_at < $to and ($hospital is null or hospital_id = $hospital)
    ) as counted
    """)

  static let hours = GoldQuery(
    """
    select hour_at, rule, cast(sum(records) as bigint) as records
    from gold.quality_hourly
    where hour_at >= pf_hour(cast($from as timestamp)) and hour_at < $to and ($hospital is null or hospital_id = $hospital)
    group by hour_at, rule
    having sum(records) > 0
    order by hour_at nulls last, rule nulls last
    """)

  /// Stays of the period in beds that two patients held at once, as `gold.fact_bed_stay` defines it; only stays that touch the period are
  /// compared. By the hospital's time: a conflict has no hour of arrival.
  static let bedConflicts = GoldQuery(
    """
    with

    near as (

        select
            admission_time,
            coalesce(discharge_time, timestamp '9999-12-31 00:00:00') as end_at,
            lead(admission_time) over (
                partition by hospital_id, department, room, bed_id
                order by admission_time nulls last, discharge_time nulls last, bed_stay_key nulls last
            ) as next_admission_time,
            max(coalesce(discharge_time, timestamp '9999-12-31 00:00:00')) over (
                partition by hospital_id, department, room, bed_id
                order by admission_time nulls last, discharge_time nulls last, bed_stay_key nulls last
                rows between unbounded preceding and 1 preceding
            ) as end_before
        from gold.bed_stay
        where admission_time < $hospital_to
            and (discharge_time is null or discharge_time >= $hospital_from)
            and department <> 'unmapped'
            and ($hospital is null or hospital_id = $hospital)

    )

    select count(*) as records
    from near
    where coalesce(end_before > admission_time, false) or coalesce(next_admission_time < end_at, false)
    """)

  static let quarantine = GoldQuery(
    """
    select rule, count(*) as records, max(enqueued_at) as last_seen_at
    from silver.quarantine
    where $hospital is null or hospital_id = $hospital
    group by rule
    order by records desc nulls last, rule nulls last
    """)

  static let drift = GoldQuery(
    """
    select shape, field, records, first_seen_at, last_seen_at
    from gold.drift
    order by records desc nulls last, shape nulls last, field nulls last
    """)

  static let leftOut = GoldQuery(
    """
    with

    ended as (

        select
            count(*) as visits,
            count(case when pf_has(flags, 'stay_too_long') then 1 end) as too_long
        from gold.fact_patient_flow
        where discharge_time >= $hospital_from and discharge_time < $hospital_to
            and admission_time is not null
            and ($hospital is null or hospital_id = $hospital)

    ),

    began as (

        select count(*) as visits, count(case when wait_minutes is null then 1 end) as without_wait
        from \(VisitSource.visits(endedFrom: "$hospital_from")) as visits
        where admission_time >= $hospital_from and admission_time < $hospital_to
            and is_first_visit
            and ($hospital is null or hospital_id = $hospital)

    )

    select 'length_of_stay' as metric, 'Stay longer than the bound (stay_too_long)' as reason, too_long as records, visits as of
    from ended
    union all
    select 'waiting_time', 'No waiting time was sent and none follows from the times', without_wait, visits
    from began
    """)
}
