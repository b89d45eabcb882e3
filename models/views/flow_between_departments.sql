-- One row per hospital and edge (from, to) of the last 7 local days up to now; 'admission' and 'discharge' are the ends.
with

hospitals as (

    select
        hospital.hospital_id,
        clock.now,
        pf_add_days(cast(pf_local(clock.now, hospital.time_zone) as date), -6) as from_date
    from gold.dim_hospital as hospital
    cross join gold.clock as clock

),

edges as (

    select
        visit.hospital_id,
        'admission' as from_department,
        visit.department as to_department,
        cast(null as double) as hours
    from gold.fact_patient_flow as visit
    inner join hospitals on hospitals.hospital_id = visit.hospital_id
    where visit.is_first_visit and visit.admission_date >= hospitals.from_date and visit.admission_time <= hospitals.now

    union all

    select
        visit.hospital_id,
        visit.department as from_department,
        case when visit.is_last_visit then 'discharge' else visit.next_department end as to_department,
        visit.length_of_stay_hours as hours
    from gold.fact_patient_flow as visit
    inner join hospitals on hospitals.hospital_id = visit.hospital_id
    where visit.admission_time is not null and visit.discharge_date >= hospitals.from_date and visit.discharge_time <= hospitals.now

)

select
    hospital_id,
    from_department,
    to_department,
    count(*) as patients,
    median(hours) as median_hours_before
from edges
group by hospital_id, from_department, to_department
