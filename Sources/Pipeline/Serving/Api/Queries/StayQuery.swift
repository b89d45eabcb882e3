/// Length of stay, waiting, overstays and turnover.
enum StayQuery {
  /// What both lists of length of stay are counted from: visits that ended or began in the period.
  private static let visits =
    """
    with

    visits as (

        select
            flow.department,
            flow.hospital_id,
            flow.admission_time,
            flow.discharge_time,
            flow.wait_minutes,
            flow.discharge_time >= $from and flow.discharge_time < $to as is_ended,
            flow.admission_time >= $from and flow.admission_time < $to and flow.wait_minutes is not null as is_waited,
            coalesce(pf_has(flow.flags, 'stay_too_long'), false) as is_left_out,
            flow.length_of_stay_hours,
            coalesce(patients.gender, 'unknown') as gender,
            coalesce(pf_age_band(flow.age), patients.age_band, 'unknown') as age_band
        from \(VisitSource.visits(endedFrom: "$from")) as flow
        left join gold.dim_patient as patients on patients.patient_key = flow.patient_key
        where flow.admission_time is not null
            and flow.admission_time < $to
            and ($hospital is null or flow.hospital_id = $hospital)
            and ($department is null or flow.department = $department)

    ),

    chosen as (

        select * from visits
        where (is_ended or is_waited)
            and ($gender is null or gender = $gender)
            and ($age_band is null or age_band = $age_band)

    )

    """

  static let departments = GoldQuery(
    visits + """
      select
          department,
          count(case when is_ended and not is_left_out then 1 end) as completed,
          count(case when is_ended and is_left_out then 1 end) as left_out,
          round(quantile_cont(case when is_ended and not is_left_out then length_of_stay_hours end, 0.5), 2) as median_hours,
          round(quantile_cont(case when is_ended and not is_left_out then length_of_stay_hours end, 0.9), 2) as p90_hours,
          round(avg(case when is_ended and not is_left_out then length_of_stay_hours end), 2) as mean_hours,
          count(case when is_waited then 1 end) as waited,
          round(quantile_cont(case when is_waited then wait_minutes end, 0.5), 1) as wait_median_minutes,
          round(quantile_cont(case when is_waited then wait_minutes end, 0.9), 1) as wait_p90_minutes
      from chosen
      group by department
      order by department nulls last
      """)

  static let trend = GoldQuery(
    visits + """
      -- The local date of each quarter of an hour with a visit: zones differ by quarters, and there are few of them.
      , quarters as (

          select
              quarters.hospital_id,
              quarters.quarter_at,
              cast(pf_local(quarters.quarter_at, hospitals.time_zone) as date) as local_date
          from (
              select hospital_id, time_bucket(interval 15 minutes, discharge_time) as quarter_at from chosen where is_ended
              union
              select hospital_id, time_bucket(interval 15 minutes, admission_time) from chosen where is_waited
          ) as quarters
          inner join gold.dim_hospital as hospitals on hospitals.hospital_id = quarters.hospital_id

      ),

      ended as (

          select
              quarters.local_date as date,
              count(*) as completed,
              quantile_cont(chosen.length_of_stay_hours, 0.5) as median_hours,
              quantile_cont(chosen.length_of_stay_hours, 0.9) as p90_hours
          from chosen
          inner join quarters
              on quarters.hospital_id = chosen.hospital_id and quarters.quarter_at = time_bucket(interval 15 minutes, chosen.discharge_time)
          where chosen.is_ended and not chosen.is_left_out
          group by 1

      ),

      waited as (

          select
              quarters.local_date as date,
              count(*) as waited,
              quantile_cont(chosen.wait_minutes, 0.5) as median_minutes,
              quantile_cont(chosen.wait_minutes, 0.9) as p90_minutes
          from chosen
          inner join quarters
              on quarters.hospital_id = chosen.hospital_id and quarters.quarter_at = time_bucket(interval 15 minutes, chosen.admission_time)
          where chosen.is_waited
          group by 1

      )

      select
          coalesce(ended.date, waited.date) as date,
          coalesce(ended.completed, 0) as completed,
          round(ended.median_hours, 2) as median_hours,
          round(ended.p90_hours, 2) as p90_hours,
          coalesce(waited.waited, 0) as waited,
          round(waited.median_minutes, 1) as wait_median_minutes,
          round(waited.p90_minutes, 1) as wait_p90_minutes
      from ended
      full outer join waited on waited.date = ended.date
      order by 1 nulls last
      """)

  /// Open visits beyond the ninetieth percentile of the completed ones of their department.
  static let overstays = GoldQuery(
    """
    with

    thresholds as (

        select hospital_id, department, quantile_cont(length_of_stay_hours, 0.9) as threshold_hours
        from gold.fact_patient_flow
        where discharge_time <= $now
            and admission_time is not null
            and not coalesce(pf_has(flags, 'stay_too_long'), false)
            and ($hospital is null or hospital_id = $hospital)
            and ($department is null or department = $department)
        group by hospital_id, department

    ),

    present as (

        select
            flow.hospital_id,
            flow.department,
            pf_hours(flow.admission_time, cast($now as timestamp)) as hours,
            coalesce(patients.gender, 'unknown') as gender,
            coalesce(pf_age_band(flow.age), patients.age_band, 'unknown') as age_band
        from \(VisitSource.visits(endedFrom: "$now")) as flow
        left join gold.dim_patient as patients on patients.patient_key = flow.patient_key
        where flow.admission_time <= $now
            and (flow.discharge_time is null or flow.discharge_time > $now)
            and ($hospital is null or flow.hospital_id = $hospital)
            and ($department is null or flow.department = $department)

    )

    select
        present.hospital_id,
        max(hospitals.hospital_name) as hospital,
        present.department,
        count(*) as present,
        count(case when present.hours > thresholds.threshold_hours then 1 end) as overstays,
        round(max(thresholds.threshold_hours), 2) as threshold_hours,
        round(quantile_cont(case
            when present.hours > thresholds.threshold_hours then present.hours - thresholds.threshold_hours
        end, 0.5), 2) as median_hours_over,
        round(max(present.hours), 2) as longest_hours
    from present
    inner join thresholds on thresholds.hospital_id = present.hospital_id and thresholds.department = present.department
    inner join gold.dim_hospital as hospitals on hospitals.hospital_id = present.hospital_id
    where ($gender is null or present.gender = $gender) and ($age_band is null or present.age_band = $age_band)
    group by present.hospital_id, present.department
    having count(case when present.hours > thresholds.threshold_hours then 1 end) > 0
    order by overstays desc nulls last, present.hospital_id nulls last, present.department nulls last
    """)

  static let turnover = GoldQuery(
    """
    with

    departments as (

        select
            hospital_id,
            department,
            sum(staffed_beds * greatest(0, pf_hours(
                greatest(effective_from, cast($from as timestamp)), least(coalesce(effective_to, cast($to as timestamp)), cast($to as timestamp))
            ))) as bed_hours
        from gold.dim_department
        where effective_from < $to
            and (effective_to is null or effective_to > $from)
            and is_mapped
            and ($hospital is null or hospital_id = $hospital)
            and ($department is null or department = $department)
        group by hospital_id, department

    ),

    visits as (

        select
            hospital_id,
            department,
            count(case when is_last_visit and discharge_time >= $from and discharge_time < $to then 1 end) as discharges,
            count(case when not is_last_visit and discharge_time >= $from and discharge_time < $to then 1 end) as transfers_out,
            sum(pf_hours(
                greatest(admission_time, cast($from as timestamp)), least(coalesce(discharge_time, cast($to as timestamp)), cast($to as timestamp))
            )) as patient_hours
        from \(VisitSource.visits(endedFrom: "$from")) as visits
        where admission_time < $to
            and ($hospital is null or hospital_id = $hospital)
            and ($department is null or department = $department)
        group by hospital_id, department

    ),

    beds as (

        -- Whoever enters a bed after a departure within the period leaves it later than that, so older stays need not be read.
        select
            hospital_id,
            department,
            discharge_time,
            lead(admission_time) over (
                partition by hospital_id, department, room, bed_id order by admission_time nulls last, discharge_time nulls last
            ) as next_at
        from \(VisitSource.bedStays(endedFrom: "$from")) as stays
        where bed_id is not null
            and ($hospital is null or hospital_id = $hospital)
            and ($department is null or department = $department)

    ),

    turnarounds as (

        select
            hospital_id,
            department,
            quantile_cont(pf_hours(discharge_time, next_at) * 60, 0.5) as median_minutes,
            quantile_cont(pf_hours(discharge_time, next_at) * 60, 0.9) as p90_minutes
        from beds
        where discharge_time < $to and next_at >= discharge_time
        group by hospital_id, department

    )

    select
        departments.hospital_id,
        hospitals.hospital_name as hospital,
        departments.department,
        coalesce(visits.discharges, 0) as discharges,
        coalesce(visits.transfers_out, 0) as transfers_out,
        round(departments.bed_hours / $hours, 2) as average_staffed_beds,
        case
            when departments.bed_hours > 0
                then round((coalesce(visits.discharges, 0) + coalesce(visits.transfers_out, 0)) / (departments.bed_hours / $hours), 3)
        end as turnover,
        case
            when coalesce(visits.discharges, 0) + coalesce(visits.transfers_out, 0) > 0
                then round(greatest(0, departments.bed_hours - visits.patient_hours) / (visits.discharges + visits.transfers_out), 2)
        end as interval_hours,
        round(turnarounds.median_minutes, 1) as turnaround_median_minutes,
        round(turnarounds.p90_minutes, 1) as turnaround_p90_minutes
    from departments
    inner join gold.dim_hospital as hospitals on hospitals.hospital_id = departments.hospital_id
    left join visits on visits.hospital_id = departments.hospital_id and visits.department = departments.department
    left join turnarounds on turnarounds.hospital_id = departments.hospital_id and turnarounds.department = departments.department
    order by departments.hospital_id nulls last, departments.department nulls last
    """)
}
