-- One row per patient in one bed, from the moment the bed is taken to the moment it is left; restated by journey.
with

-- Consecutive places that are one bed are one stay in it. Encounters in one place need no comparing.
places as (

    select
        journey_key,
        encounter_key,
        encounter_id,
        patient_id,
        hospital_id,
        department,
        room,
        bed_id,
        occurred_at,
        left_at,
        expected_discharge_time,
        discharged_at,
        place_no,
        places,
        case
            when place_no > 1
            and bed_id is not distinct from lag(bed_id) over (partition by journey_key, encounter_key order by place_no nulls last)
            and room is not distinct from lag(room) over (partition by journey_key, encounter_key order by place_no nulls last)
            and lower(department) is not distinct from lag(lower(department)) over (partition by journey_key, encounter_key order by place_no nulls last)
                then 0
            else 1
        end as is_new_bed
    from silver.movement
    where places > 1

),

numbered as (

    select
        journey_key,
        encounter_key,
        encounter_id,
        patient_id,
        hospital_id,
        department,
        room,
        bed_id,
        occurred_at,
        left_at,
        expected_discharge_time,
        discharged_at,
        place_no,
        places,
        sum(is_new_bed) over (
            partition by journey_key, encounter_key order by place_no nulls last rows between unbounded preceding and current row
        ) as bed_no
    from places

),

stays as (

    select
        journey_key,
        encounter_key,
        encounter_id,
        patient_id,
        hospital_id,
        department,
        room,
        bed_id,
        cast(1 as bigint) as bed_no,
        occurred_at as started_at,
        occurred_at as last_place_at,
        left_at,
        discharged_at,
        expected_discharge_time,
        true as is_last
    from silver.movement
    where places = 1 and bed_id is not null

    union all

    select
        journey_key,
        encounter_key,
        max(encounter_id) as encounter_id,
        max_by(patient_id, place_no) as patient_id,
        max(hospital_id) as hospital_id,
        max(department) as department,
        max(room) as room,
        max(bed_id) as bed_id,
        cast(bed_no as bigint) as bed_no,
        min(occurred_at) as started_at,
        max(occurred_at) as last_place_at,
        case when max(place_no) = max(places) then max(discharged_at) else max(left_at) end as left_at,
        max(discharged_at) as discharged_at,
        max(expected_discharge_time) as expected_discharge_time,
        max(place_no) = max(places) as is_last
    from numbered
    where bed_id is not null
    group by journey_key, encounter_key, bed_no

),

ended as (

    select
        stays.journey_key,
        stays.encounter_key,
        stays.encounter_id,
        stays.patient_id,
        stays.hospital_id,
        stays.department,
        stays.room,
        stays.bed_id,
        stays.bed_no,
        stays.started_at,
        coalesce(
            stays.left_at,
            case
                when hospital.presume_discharge and stays.is_last and stays.discharged_at is null and stays.expected_discharge_time >= stays.last_place_at
                    then stays.expected_discharge_time
            end
        ) as ended_at,
        unmapped.department_key as unmapped_key
    from stays
    inner join gold.dim_hospital as hospital on hospital.hospital_id = stays.hospital_id
    left join gold.dim_department as unmapped
        on unmapped.hospital_id = stays.hospital_id
        and not unmapped.is_mapped

)

select
    ended.encounter_key * 8 + ended.bed_no as bed_stay_key,
    ended.journey_key,
    ended.encounter_id,
    ended.patient_id,
    ended.hospital_id,
    coalesce(department.department, 'unmapped') as department,
    coalesce(department.department_key, ended.unmapped_key) as department_key,
    ended.room,
    ended.bed_id,
    ended.started_at as admission_time,
    ended.ended_at as discharge_time
from ended
left join gold.dim_department as department
    on department.hospital_id = ended.hospital_id
    and lower(department.department) = lower(ended.department)
    and department.is_mapped
    and department.effective_from <= greatest(ended.started_at, timestamp '1900-01-01 00:00:00')
    and department.effective_to > ended.started_at
