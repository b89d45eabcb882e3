-- One row per rule, hospital (0: not known) and UTC hour of enqueuing with findings; additive over its inputs.
-- Rules on single records are counted where records lie, rules on sets of records where the set is known.
with

flagged as (

    select hospital_id, enqueued_at, flags, 'record' as level from silver.stay_record where flags is not null
    union all
    select hospital_id, enqueued_at, flags, 'record' as level from silver.movement_record where flags is not null
    union all
    select hospital_id, enqueued_at, flags, 'record' as level from silver.department_change where flags is not null
    union all
    select hospital_id, enqueued_at, flags, case when place_no is null then 'set' else 'visit' end as level from silver.movement where flags is not null
    union all
    select hospital_id, enqueued_at, flags, 'fact' as level from gold.fact_patient_flow where flags is not null

),

found as (

    select
        flagged.hospital_id,
        flagged.enqueued_at,
        flagged.level,
        split_part(flagged.flags, ',', cast(item.i as int)) as rule
    from flagged
    inner join range(1, 16) as item(i) on item.i <= length(flagged.flags) - length(replace(flagged.flags, ',', '')) + 1

),

findings as (

    select rule, hospital_id, enqueued_at, cast(1 as bigint) as records
    from found
    where
        (level = 'record')
        or (level in ('set', 'visit') and rule in ('id_reused', 'admission_corrected', 'unmatched_cancellation', 'repeated_cancellation'))
        or (level = 'set' and rule in ('movement_after_discharge', 'discharge_without_admission'))
        or (level = 'fact' and rule in ('unknown_department', 'stay_too_long', 'presumed_discharge', 'inferred_admission'))

    union all

    select rule, coalesce(hospital_id, 0) as hospital_id, enqueued_at, cast(1 as bigint) as records
    from silver.quarantine

    union all

    select 'duplicate' as rule, hospital_id, enqueued_at, cast(duplicates as bigint) as records
    from silver.movement
    where duplicates > 0

)

select
    rule,
    hospital_id,
    pf_hour(enqueued_at) as hour_at,
    cast(sum(records) as bigint) as records
from findings
group by rule, hospital_id, pf_hour(enqueued_at)
