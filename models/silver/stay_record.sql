-- One row per usable stay record, as sent, its bad values repaired by declared rules and flagged.
with

sent as (

    select
        stay.hub_partition,
        stay.hub_offset,
        stay.enqueued_at,
        stay.content_hash,
        stay.event_key,
        stay.journey_key,
        stay.encounter_id,
        stay.has_encounter_id,
        stay.patient_id,
        stay.patient_key_hash,
        stay.hospital_id,
        stay.department,
        stay.bed_id,
        lower(trim(stay.gender)) as gender,
        stay.age,
        coalesce(stay.event_time, stay.enqueued_at) as recorded_at,
        stay.event_time is not null as has_event_time,
        stay.admission_time,
        stay.discharge_time,
        stay.wait_time_minutes,
        stay.wrong
    from parsed.stay as stay
    inner join gold.dim_hospital as hospital on hospital.hospital_id = stay.hospital_id
    where stay.patient_id is not null

),

placed as (

    select
        hub_partition,
        hub_offset,
        enqueued_at,
        content_hash,
        event_key,
        journey_key,
        encounter_id,
        has_encounter_id,
        patient_id,
        patient_key_hash,
        hospital_id,
        department,
        bed_id,
        gender,
        age,
        recorded_at,
        has_event_time,
        admission_time as sent_admission_time,
        case
            when admission_time > recorded_at + interval 15 minute then recorded_at
            else coalesce(admission_time, recorded_at)
        end as admission_time,
        discharge_time,
        wait_time_minutes,
        wrong
    from sent

)

select
    hub_partition,
    hub_offset,
    enqueued_at,
    content_hash,
    event_key,
    journey_key,
    case when has_encounter_id then journey_key else pf_key(encounter_id) end as encounter_key,
    encounter_id,
    has_encounter_id,
    patient_id,
    patient_key_hash,
    hospital_id,
    nullif(trim(department), '') as department,
    nullif(trim(bed_id), '') as bed_id,
    case
        when gender in ('male', 'm') then 'male'
        when gender in ('female', 'f') then 'female'
        when gender in ('other', 'o', 'a', 'ambiguous', 'd', 'diverse', 'x', 'non-binary', 'nonbinary') then 'other'
        when gender is null or gender = '' then cast(null as string)
        else 'unknown'
    end as gender,
    case when age between 0 and 120 then age end as age,
    recorded_at,
    has_event_time,
    admission_time,
    case when discharge_time >= admission_time then discharge_time end as discharge_time,
    wait_time_minutes as wait_minutes,
    case
        when
            wrong is null
            and sent_admission_time = admission_time
            and (discharge_time is null or discharge_time >= admission_time)
            and (age is null or age between 0 and 120)
            then cast(null as string)
        else nullif(concat_ws(
            ',',
            case when sent_admission_time is null and coalesce(pf_has(wrong, 'admission_time'), false) = false then 'admission_missing' end,
            case when sent_admission_time is null and pf_has(wrong, 'admission_time') then 'admission_unparsable' end,
            case when sent_admission_time <> admission_time then 'admission_in_future' end,
            case when pf_has(wrong, 'discharge_time') then 'discharge_unparsable' end,
            case when discharge_time < admission_time then 'discharge_before_admission' end,
            case when age not between 0 and 120 then 'age_out_of_range' end,
            case when pf_has(wrong, 'age') then 'age_unparsable' end,
            case when pf_has(wrong, 'event_time') then 'event_time_unparsable' end
        ), '')
    end as flags
from placed
