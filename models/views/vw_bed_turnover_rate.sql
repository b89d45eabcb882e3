-- One row per hospital and department over the last 28 local days: patients who left each staffed bed.
with

hospitals as (

    select
        hospital.hospital_id,
        hospital.hospital_name,
        clock.now,
        pf_add_days(cast(pf_local(clock.now, hospital.time_zone) as date), -27) as from_date
    from gold.dim_hospital as hospital
    cross join gold.clock as clock

),

departures as (

    select
        visit.hospital_id,
        visit.department,
        count(case when visit.is_last_visit then 1 end) as discharges,
        count(case when not visit.is_last_visit then 1 end) as transfers_out
    from gold.fact_patient_flow as visit
    inner join hospitals on hospitals.hospital_id = visit.hospital_id
    where
        visit.admission_time is not null
        and visit.discharge_date >= hospitals.from_date
        and visit.discharge_time <= hospitals.now
    group by visit.hospital_id, visit.department

),

-- Staffed beds of each day of the period, at its end in UTC, averaged.
beds as (

    select
        hospitals.hospital_id,
        department.department,
        avg(cast(department.staffed_beds as double)) as average_staffed_beds
    from hospitals
    cross join range(0, 28) as step(i)
    inner join gold.dim_department as department
        on department.hospital_id = hospitals.hospital_id
        and department.is_mapped
        and department.effective_from <= hospitals.now - step.i * interval 1 day
        and department.effective_to > hospitals.now - step.i * interval 1 day
    group by hospitals.hospital_id, department.department

)

select
    beds.hospital_id,
    hospitals.hospital_name,
    beds.department,
    28 as period_days,
    coalesce(departures.discharges, 0) as discharges,
    coalesce(departures.transfers_out, 0) as transfers_out,
    beds.average_staffed_beds,
    cast(coalesce(departures.discharges, 0) + coalesce(departures.transfers_out, 0) as double)
    / nullif(beds.average_staffed_beds, 0) as bed_turnover_rate
from beds
inner join hospitals on hospitals.hospital_id = beds.hospital_id
left join departures
    on departures.hospital_id = beds.hospital_id
    and departures.department = beds.department
