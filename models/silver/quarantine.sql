-- One row per record that cannot be used, with the first rule it broke; the raw body is bronze.event at that position.
with

broken as (

    select
        hub_partition,
        hub_offset,
        enqueued_at,
        cast(null as int) as hospital_id,
        rule
    from parsed.rejected

    union all

    select
        stay.hub_partition,
        stay.hub_offset,
        stay.enqueued_at,
        stay.hospital_id,
        case
            when stay.patient_id is null then 'missing_patient'
            when stay.hospital_id is null then 'missing_hospital'
            when hospital.hospital_id is null then 'unknown_hospital'
        end as rule
    from parsed.stay as stay
    left join gold.dim_hospital as hospital on hospital.hospital_id = stay.hospital_id
    where stay.patient_id is null or hospital.hospital_id is null

    union all

    select
        movement.hub_partition,
        movement.hub_offset,
        movement.enqueued_at,
        movement.hospital_id,
        case
            when coalesce(movement.type, '') not in (
                'arrive', 'admit', 'transfer', 'discharge', 'expected_discharge',
                'cancel_arrive', 'cancel_admit', 'cancel_transfer', 'cancel_discharge', 'cancel_expected_discharge'
            ) then 'unknown_type'
            when movement.patient_id is null then 'missing_patient'
            when movement.hospital_id is null then 'missing_hospital'
            when hospital.hospital_id is null then 'unknown_hospital'
            when movement.encounter_id is null then 'missing_encounter'
        end as rule
    from parsed.movement as movement
    left join gold.dim_hospital as hospital on hospital.hospital_id = movement.hospital_id

    union all

    select
        hub_partition,
        hub_offset,
        enqueued_at,
        hospital_id,
        'missing_hospital' as rule
    from parsed.department
    where hospital_id is null

)

select hub_partition, hub_offset, enqueued_at, hospital_id, rule
from broken
where rule is not null
