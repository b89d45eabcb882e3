-- One row per hospital as of gold.clock, the sum of its departments.
with

departments as (

    select
        hospital_id,
        sum(staffed_beds) as staffed_beds,
        sum(closed_beds) as closed_beds,
        sum(staff) as staff,
        sum(census) as census,
        sum(waiting) as waiting,
        max(longest_wait_minutes) as longest_wait_minutes,
        sum(available_beds) as available_beds,
        sum(patients_over_capacity) as patients_over_capacity,
        sum(admissions_last_hour) as admissions_last_hour,
        sum(discharges_last_hour) as discharges_last_hour,
        sum(transfers_in_last_hour) as transfers_last_hour,
        sum(admissions_today) as admissions_today,
        sum(discharges_today) as discharges_today,
        sum(expected_discharges_24h) as expected_discharges_24h,
        sum(overdue_discharges) as overdue_discharges,
        sum(case when is_mapped then 0 else census end) as unmapped_census
    from gold.department_live
    group by hospital_id

)

select
    hospital.hospital_id,
    hospital.hospital_name,
    hospital.time_zone,
    clock.now as as_of,
    pf_local(clock.now, hospital.time_zone) as local_time,
    cast(coalesce(departments.staffed_beds, 0) as bigint) as staffed_beds,
    cast(coalesce(departments.closed_beds, 0) as bigint) as closed_beds,
    cast(departments.staff as bigint) as staff,
    cast(coalesce(departments.census, 0) as bigint) as census,
    cast(coalesce(departments.waiting, 0) as bigint) as waiting,
    departments.longest_wait_minutes,
    cast(coalesce(departments.staffed_beds - departments.census, 0) as bigint) as free_beds,
    cast(coalesce(departments.available_beds, 0) as bigint) as available_beds,
    cast(coalesce(departments.patients_over_capacity, 0) as bigint) as patients_over_capacity,
    100 * cast(departments.census as double) / nullif(departments.staffed_beds, 0) as occupancy_percent,
    cast(coalesce(departments.admissions_last_hour, 0) as bigint) as admissions_last_hour,
    cast(coalesce(departments.discharges_last_hour, 0) as bigint) as discharges_last_hour,
    cast(coalesce(departments.transfers_last_hour, 0) as bigint) as transfers_last_hour,
    cast(coalesce(departments.admissions_today, 0) as bigint) as admissions_today,
    cast(coalesce(departments.discharges_today, 0) as bigint) as discharges_today,
    cast(coalesce(departments.expected_discharges_24h, 0) as bigint) as expected_discharges_24h,
    cast(coalesce(departments.overdue_discharges, 0) as bigint) as overdue_discharges,
    cast(coalesce(departments.unmapped_census, 0) as bigint) as unmapped_census
from gold.dim_hospital as hospital
cross join gold.clock as clock
left join departments on departments.hospital_id = hospital.hospital_id
