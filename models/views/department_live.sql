-- One row per hospital and department as of gold.clock; departments nobody announced appear as 'unmapped' while they hold patients.
with

hospitals as (

    select
        hospital.hospital_id,
        hospital.hospital_name,
        clock.now,
        cast(pf_local(clock.now, hospital.time_zone) as date) as today
    from gold.dim_hospital as hospital
    cross join gold.clock as clock

),

departments as (

    select
        hospitals.hospital_id,
        hospitals.hospital_name,
        hospitals.now,
        department.department,
        department.specialty,
        coalesce(department.staffed_beds, 0) as staffed_beds,
        coalesce(department.closed_beds, 0) as closed_beds,
        department.staff,
        department.is_mapped
    from hospitals
    inner join gold.dim_department as department
        on department.hospital_id = hospitals.hospital_id
        and department.effective_from <= hospitals.now
        and department.effective_to > hospitals.now

),

-- Who is there or waits: visits not ended at the clock's instant.
present as (

    select
        visit.hospital_id,
        visit.department,
        count(visit.admission_time) as census,
        count(case when visit.admission_time is null then 1 end) as waiting,
        max(case when visit.admission_time is null then cast(pf_seconds(visit.arrival_time, hospitals.now) as double) / 60 end) as longest_wait_minutes,
        count(case
            when visit.admission_time is not null and visit.expected_discharge_time > hospitals.now
                and visit.expected_discharge_time <= hospitals.now + interval 24 hour then 1
        end) as expected_discharges_24h,
        count(case when visit.admission_time is not null and visit.expected_discharge_time <= hospitals.now then 1 end) as overdue_discharges
    from gold.fact_patient_flow as visit
    inner join hospitals on hospitals.hospital_id = visit.hospital_id
    where
        (visit.discharge_time is null or visit.discharge_time > hospitals.now)
        and coalesce(visit.admission_time, visit.arrival_time) <= hospitals.now
    group by visit.hospital_id, visit.department

),

-- Two local days hold the last hour and today; they are joined by date so that older visits need not be read.
recent_days as (

    select hospital_id, now, today, today as day from hospitals
    union all
    select hospital_id, now, today, pf_add_days(today, -1) as day from hospitals

),

entered as (

    select
        visit.hospital_id,
        visit.department,
        count(case when visit.is_first_visit and visit.admission_time > recent.now - interval 1 hour then 1 end) as admissions_last_hour,
        count(case when not visit.is_first_visit and visit.admission_time > recent.now - interval 1 hour then 1 end) as transfers_in_last_hour,
        count(case when visit.is_first_visit and recent.day = recent.today then 1 end) as admissions_today
    from gold.fact_patient_flow as visit
    inner join recent_days as recent
        on recent.hospital_id = visit.hospital_id
        and recent.day = visit.admission_date
    where visit.admission_time <= recent.now
    group by visit.hospital_id, visit.department

),

gone as (

    select
        visit.hospital_id,
        visit.department,
        count(case when visit.is_last_visit and visit.discharge_time > recent.now - interval 1 hour then 1 end) as discharges_last_hour,
        count(case when not visit.is_last_visit and visit.discharge_time > recent.now - interval 1 hour then 1 end) as transfers_out_last_hour,
        count(case when visit.is_last_visit and recent.day = recent.today then 1 end) as discharges_today
    from gold.fact_patient_flow as visit
    inner join recent_days as recent
        on recent.hospital_id = visit.hospital_id
        and recent.day = visit.discharge_date
    where visit.discharge_time <= recent.now and visit.admission_time is not null
    group by visit.hospital_id, visit.department

)

select
    departments.hospital_id,
    departments.hospital_name,
    departments.department,
    departments.specialty,
    departments.now as as_of,
    departments.staffed_beds,
    departments.closed_beds,
    departments.staff,
    coalesce(present.census, 0) as census,
    coalesce(present.waiting, 0) as waiting,
    cast(present.longest_wait_minutes as double) as longest_wait_minutes,
    departments.staffed_beds - coalesce(present.census, 0) as free_beds,
    greatest(departments.staffed_beds - coalesce(present.census, 0), 0) as available_beds,
    greatest(coalesce(present.census, 0) - departments.staffed_beds, 0) as patients_over_capacity,
    100 * cast(coalesce(present.census, 0) as double) / nullif(departments.staffed_beds, 0) as occupancy_percent,
    coalesce(entered.admissions_last_hour, 0) as admissions_last_hour,
    coalesce(gone.discharges_last_hour, 0) as discharges_last_hour,
    coalesce(entered.transfers_in_last_hour, 0) as transfers_in_last_hour,
    coalesce(gone.transfers_out_last_hour, 0) as transfers_out_last_hour,
    coalesce(entered.admissions_today, 0) as admissions_today,
    coalesce(gone.discharges_today, 0) as discharges_today,
    coalesce(present.expected_discharges_24h, 0) as expected_discharges_24h,
    coalesce(present.overdue_discharges, 0) as overdue_discharges,
    departments.is_mapped
from departments
left join present
    on present.hospital_id = departments.hospital_id
    and present.department = departments.department
left join entered
    on entered.hospital_id = departments.hospital_id
    and entered.department = departments.department
left join gone
    on gone.hospital_id = departments.hospital_id
    and gone.department = departments.department
where
    departments.is_mapped
    or coalesce(present.census, 0) + coalesce(present.waiting, 0) + coalesce(entered.admissions_today, 0) + coalesce(gone.discharges_today, 0) > 0
