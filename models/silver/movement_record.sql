-- One row per usable movement as sent, cancellations among them, its bad values repaired by declared rules and flagged.
with

sent as (

    select
        movement.hub_partition,
        movement.hub_offset,
        movement.enqueued_at,
        movement.content_hash,
        movement.event_key,
        movement.cancels_event_key,
        movement.journey_key,
        movement.encounter_id,
        movement.patient_id,
        movement.patient_key_hash,
        movement.hospital_id,
        movement.type,
        movement.class,
        movement.occurred_at as sent_occurred_at,
        coalesce(movement.recorded_at, movement.enqueued_at) as recorded_at,
        movement.department,
        movement.room,
        movement.bed_id,
        lower(trim(movement.gender)) as gender,
        movement.age,
        movement.birth_date,
        movement.seen_at,
        movement.admit_decision_at,
        movement.expected_discharge_time,
        movement.disposition,
        movement.wrong
    from parsed.movement as movement
    inner join gold.dim_hospital as hospital on hospital.hospital_id = movement.hospital_id
    where
        movement.patient_id is not null
        and movement.encounter_id is not null
        and movement.type in (
            'arrive', 'admit', 'transfer', 'discharge', 'expected_discharge',
            'cancel_arrive', 'cancel_admit', 'cancel_transfer', 'cancel_discharge', 'cancel_expected_discharge'
        )

),

timed as (

    select
        hub_partition,
        hub_offset,
        enqueued_at,
        content_hash,
        event_key,
        cancels_event_key,
        journey_key,
        encounter_id,
        patient_id,
        patient_key_hash,
        hospital_id,
        type,
        class,
        sent_occurred_at,
        case
            when sent_occurred_at > recorded_at + interval 15 minute then recorded_at
            else coalesce(sent_occurred_at, recorded_at)
        end as occurred_at,
        recorded_at,
        department,
        room,
        bed_id,
        gender,
        age as sent_age,
        birth_date,
        seen_at,
        admit_decision_at,
        expected_discharge_time,
        disposition,
        wrong
    from sent

),

aged as (

    select
        hub_partition,
        hub_offset,
        enqueued_at,
        content_hash,
        event_key,
        cancels_event_key,
        journey_key,
        encounter_id,
        patient_id,
        patient_key_hash,
        hospital_id,
        type,
        class,
        sent_occurred_at,
        occurred_at,
        recorded_at,
        department,
        room,
        bed_id,
        gender,
        coalesce(
            sent_age,
            year(occurred_at) - year(birth_date)
            - case when month(occurred_at) * 100 + day(occurred_at) < month(birth_date) * 100 + day(birth_date) then 1 else 0 end
        ) as age,
        year(birth_date) as birth_year,
        seen_at,
        admit_decision_at,
        expected_discharge_time,
        disposition,
        wrong
    from timed

)

select
    hub_partition,
    hub_offset,
    enqueued_at,
    content_hash,
    event_key,
    cancels_event_key,
    journey_key,
    journey_key as encounter_key,
    encounter_id,
    patient_id,
    patient_key_hash,
    hospital_id,
    type,
    nullif(trim(class), '') as class,
    occurred_at,
    recorded_at,
    nullif(trim(department), '') as department,
    nullif(trim(room), '') as room,
    nullif(trim(bed_id), '') as bed_id,
    case
        when gender in ('male', 'm') then 'male'
        when gender in ('female', 'f') then 'female'
        when gender in ('other', 'o', 'a', 'ambiguous', 'd', 'diverse', 'x', 'non-binary', 'nonbinary') then 'other'
        when gender is null or gender = '' then cast(null as string)
        else 'unknown'
    end as gender,
    cast(case when age between 0 and 120 then age end as int) as age,
    cast(case when age between 0 and 120 then birth_year end as int) as birth_year,
    seen_at,
    admit_decision_at,
    expected_discharge_time,
    nullif(trim(disposition), '') as disposition,
    nullif(concat_ws(
        ',',
        case when sent_occurred_at is null and coalesce(pf_has(wrong, 'occurred_at'), false) = false then 'occurred_missing' end,
        case when sent_occurred_at is null and pf_has(wrong, 'occurred_at') then 'occurred_unparsable' end,
        case when sent_occurred_at <> occurred_at then 'occurred_in_future' end,
        case when age not between 0 and 120 then 'age_out_of_range' end,
        case when pf_has(wrong, 'age') then 'age_unparsable' end,
        case when pf_has(wrong, 'recorded_at') then 'recorded_unparsable' end
    ), '') as flags
from aged
