-- One row per hospital and announced department as of gold.clock: patients present against the beds staffed now.
with

genders as (

    select
        hospital_id,
        department,
        sum(case when gender = 'female' then patients else 0 end) as female,
        sum(case when gender = 'male' then patients else 0 end) as male
    from gold.demographics
    group by hospital_id, department

)

select
    live.hospital_id,
    live.hospital_name,
    live.department,
    live.as_of,
    live.census as occupied_beds,
    live.staffed_beds as total_beds,
    live.occupancy_percent as bed_occupancy_percent,
    cast(coalesce(genders.female, 0) as bigint) as female_patients,
    cast(coalesce(genders.male, 0) as bigint) as male_patients,
    cast(live.census - coalesce(genders.female, 0) - coalesce(genders.male, 0) as bigint) as other_patients
from gold.department_live as live
left join genders
    on genders.hospital_id = live.hospital_id
    and genders.department = live.department
