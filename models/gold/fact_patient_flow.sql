-- One row per encounter and department visit, with the keys valid when it began; restated by journey.
with

-- Encounters in several places: consecutive places of one department are one visit.
places as (

    select
        journey_key,
        encounter_key,
        encounter_id,
        patient_id,
        patient_key_hash,
        hospital_id,
        type,
        class,
        department,
        bed_id,
        age,
        occurred_at,
        left_at,
        arrived_at,
        admitted_at,
        discharged_at,
        expected_discharge_time,
        wait_minutes,
        disposition,
        flags,
        place_no,
        places,
        known_at,
        known_enqueued_at,
        case
            when lower(department) is distinct from lag(lower(department)) over (partition by journey_key, encounter_key order by place_no nulls last)
            or place_no = 1 then 1
            else 0
        end as is_new_visit,
        max(occurred_at) over (partition by journey_key, encounter_key) as last_place_at,
        max(expected_discharge_time) over (partition by journey_key, encounter_key) as encounter_expected_at
    from silver.movement
    where places > 1

),

visited as (

    select
        journey_key,
        encounter_key,
        encounter_id,
        patient_id,
        patient_key_hash,
        hospital_id,
        type,
        class,
        department,
        bed_id,
        age,
        occurred_at,
        left_at,
        arrived_at,
        admitted_at,
        discharged_at,
        expected_discharge_time,
        wait_minutes,
        disposition,
        flags,
        place_no,
        places,
        known_at,
        known_enqueued_at,
        last_place_at,
        encounter_expected_at,
        sum(is_new_visit) over (
            partition by journey_key, encounter_key order by place_no nulls last rows between unbounded preceding and current row
        ) as visit_no
    from places

),

merged as (

    select
        journey_key,
        encounter_key,
        max(encounter_id) as encounter_id,
        max_by(patient_id, place_no) as patient_id,
        max_by(patient_key_hash, place_no) as patient_key_hash,
        max(hospital_id) as hospital_id,
        min_by(type, place_no) as first_type,
        max_by(class, case when class is not null then place_no end) as class,
        min_by(department, case when department is not null then place_no end) as department,
        max_by(bed_id, case when bed_id is not null then place_no end) as bed_id,
        max_by(age, case when age is not null then place_no end) as age,
        min(arrived_at) as arrived_at,
        min(occurred_at) as started_at,
        case when max(place_no) = max(places) then max(discharged_at) else max(left_at) end as left_at,
        max(admitted_at) as admitted_at,
        max(discharged_at) as discharged_at,
        max(expected_discharge_time) as expected_discharge_time,
        max(wait_minutes) as wait_minutes,
        max(disposition) as disposition,
        nullif(concat_ws(
            ',',
            max(case when pf_has(flags, 'admission_missing') then 'admission_missing' end),
            max(case when pf_has(flags, 'admission_unparsable') then 'admission_unparsable' end),
            max(case when pf_has(flags, 'admission_in_future') then 'admission_in_future' end),
            max(case when pf_has(flags, 'occurred_missing') then 'occurred_missing' end),
            max(case when pf_has(flags, 'occurred_unparsable') then 'occurred_unparsable' end),
            max(case when pf_has(flags, 'occurred_in_future') then 'occurred_in_future' end),
            max(case when pf_has(flags, 'discharge_unparsable') then 'discharge_unparsable' end),
            max(case when pf_has(flags, 'discharge_before_admission') then 'discharge_before_admission' end),
            max(case when pf_has(flags, 'age_out_of_range') then 'age_out_of_range' end),
            max(case when pf_has(flags, 'age_unparsable') then 'age_unparsable' end),
            max(case when pf_has(flags, 'event_time_unparsable') then 'event_time_unparsable' end),
            max(case when pf_has(flags, 'recorded_unparsable') then 'recorded_unparsable' end),
            max(case when pf_has(flags, 'id_reused') then 'id_reused' end),
            max(case when pf_has(flags, 'admission_corrected') then 'admission_corrected' end),
            max(case when pf_has(flags, 'movement_after_discharge') then 'movement_after_discharge' end)
        ), '') as flags,
        visit_no,
        max(place_no) = max(places) as is_last_visit,
        max(known_at) as known_at,
        max(known_enqueued_at) as known_enqueued_at,
        max(last_place_at) as last_place_at,
        max(encounter_expected_at) as encounter_expected_at
    from visited
    group by journey_key, encounter_key, visit_no

),

-- Encounters in one place, or waiting for one, are visits as they stand.
visits as (

    select
        journey_key,
        encounter_key,
        encounter_id,
        patient_id,
        patient_key_hash,
        hospital_id,
        type as first_type,
        class,
        department,
        bed_id,
        age,
        arrived_at,
        case when places = 1 then occurred_at end as started_at,
        left_at,
        admitted_at,
        discharged_at,
        expected_discharge_time,
        wait_minutes,
        disposition,
        flags,
        cast(1 as bigint) as visit_no,
        true as is_last_visit,
        cast(null as string) as next_department,
        known_at,
        known_enqueued_at,
        case when places = 1 then occurred_at end as last_place_at,
        expected_discharge_time as encounter_expected_at
    from silver.movement
    where places <= 1

    union all

    select
        journey_key,
        encounter_key,
        encounter_id,
        patient_id,
        patient_key_hash,
        hospital_id,
        first_type,
        class,
        department,
        bed_id,
        age,
        case when visit_no = 1 then arrived_at end as arrived_at,
        started_at,
        left_at,
        admitted_at,
        discharged_at,
        expected_discharge_time,
        wait_minutes,
        disposition,
        flags,
        cast(visit_no as bigint) as visit_no,
        is_last_visit,
        case
            when is_last_visit then cast(null as string)
            else coalesce(lead(lower(department)) over (partition by journey_key, encounter_key order by visit_no nulls last), '')
        end as next_department,
        known_at,
        known_enqueued_at,
        last_place_at,
        encounter_expected_at
    from merged

),

hospitals as (

    select
        hospital.hospital_id,
        hospital.time_zone,
        hospital.presume_discharge,
        pf_key(hospital.time_zone) - pf_key(hospital.time_zone) % 16777216 as zone_key,
        unmapped.department_key as unmapped_key
    from gold.dim_hospital as hospital
    left join gold.dim_department as unmapped
        on unmapped.hospital_id = hospital.hospital_id
        and not unmapped.is_mapped

),

-- The hospital's offset from UTC at both ends of each day on which a visit begins or ends: where they agree it holds all day.
days as (

    select
        day.hospital_id,
        day.utc_day,
        pf_local(day.utc_day, hospitals.time_zone) - day.utc_day as offset_before,
        pf_local(day.utc_day + interval 1 day, hospitals.time_zone) - (day.utc_day + interval 1 day) as offset_after
    from (
        select distinct hospital_id, pf_day(case when places = 0 then arrived_at else occurred_at end) as utc_day
        from silver.movement
        where place_no is not null
        union
        select distinct hospital_id, pf_day(left_at) as utc_day
        from silver.movement
        where left_at is not null
        union
        select distinct hospital_id, pf_day(expected_discharge_time) as utc_day
        from silver.movement
        where place_no is not null and discharged_at is null and expected_discharge_time is not null
    ) as day
    inner join hospitals on hospitals.hospital_id = day.hospital_id

),

department_names as (

    select hospital_id, lower(department) as name_key, max(department) as department
    from gold.dim_department
    where is_mapped
    group by hospital_id, lower(department)

),

-- Where discharges are never confirmed, the expected one is presumed.
outcomes as (

    select
        visits.journey_key,
        visits.encounter_key,
        visits.encounter_id,
        visits.patient_id,
        visits.patient_key_hash,
        visits.hospital_id,
        visits.first_type,
        visits.class,
        visits.department,
        visits.bed_id,
        visits.age,
        visits.arrived_at,
        visits.started_at,
        coalesce(visits.started_at, visits.arrived_at) as began_at,
        visits.left_at,
        visits.admitted_at,
        visits.discharged_at,
        visits.expected_discharge_time,
        visits.wait_minutes,
        visits.disposition,
        visits.flags,
        visits.visit_no,
        visits.is_last_visit,
        visits.next_department,
        visits.known_at,
        visits.known_enqueued_at,
        case
            when hospitals.presume_discharge and visits.discharged_at is null and visits.encounter_expected_at >= visits.last_place_at
                then visits.encounter_expected_at
        end as presumed_at,
        coalesce(visits.left_at, case
            when
                hospitals.presume_discharge and visits.is_last_visit
                and visits.discharged_at is null and visits.encounter_expected_at >= visits.last_place_at
                then visits.encounter_expected_at
        end) as ended_at,
        hospitals.time_zone,
        hospitals.zone_key,
        hospitals.unmapped_key
    from visits
    inner join hospitals on hospitals.hospital_id = visits.hospital_id

),

keyed as (

    select
        outcome.journey_key,
        outcome.encounter_key,
        outcome.encounter_id,
        outcome.patient_id,
        outcome.patient_key_hash,
        outcome.hospital_id,
        outcome.first_type,
        outcome.class,
        outcome.bed_id,
        outcome.age,
        outcome.arrived_at,
        outcome.started_at,
        outcome.began_at,
        outcome.admitted_at,
        outcome.discharged_at,
        outcome.expected_discharge_time,
        outcome.wait_minutes,
        outcome.disposition,
        outcome.flags,
        outcome.visit_no,
        outcome.is_last_visit,
        outcome.known_at,
        outcome.known_enqueued_at,
        outcome.presumed_at,
        outcome.zone_key,
        outcome.ended_at,
        coalesce(outcome.discharged_at, outcome.presumed_at) as encounter_ended_at,
        patient.patient_key,
        coalesce(department.department_key, outcome.unmapped_key) as department_key,
        coalesce(department.department, 'unmapped') as department,
        department.department_key is null as is_unmapped,
        case when outcome.next_department is not null then coalesce(next_name.department, 'unmapped') end as next_department,
        case
            when days.offset_before = days.offset_after then outcome.began_at + days.offset_before
            else pf_local(outcome.began_at, outcome.time_zone)
        end as local_time,
        case
            when outcome.ended_at is null then null
            when last_days.offset_before = last_days.offset_after then cast(outcome.ended_at + last_days.offset_before as date)
            else cast(pf_local(outcome.ended_at, outcome.time_zone) as date)
        end as discharge_date
    from outcomes as outcome
    inner join days
        on days.hospital_id = outcome.hospital_id
        and days.utc_day = pf_day(outcome.began_at)
    left join days as last_days
        on last_days.hospital_id = outcome.hospital_id
        and last_days.utc_day = pf_day(outcome.ended_at)
    left join gold.dim_patient as patient
        on patient.patient_key_hash = outcome.patient_key_hash
        and patient.effective_from <= greatest(outcome.began_at, timestamp '1900-01-01 00:00:00')
        and patient.effective_to > outcome.began_at
    left join gold.dim_department as department
        on department.hospital_id = outcome.hospital_id
        and lower(department.department) = lower(outcome.department)
        and department.is_mapped
        and department.effective_from <= greatest(outcome.began_at, timestamp '1900-01-01 00:00:00')
        and department.effective_to > outcome.began_at
    left join department_names as next_name
        on next_name.hospital_id = outcome.hospital_id
        and next_name.name_key = outcome.next_department

),

judged as (

    select
        journey_key,
        encounter_key,
        encounter_id,
        patient_id,
        patient_key_hash,
        hospital_id,
        patient_key,
        department_key,
        department,
        class,
        bed_id,
        age,
        arrived_at,
        started_at,
        began_at,
        ended_at,
        expected_discharge_time,
        wait_minutes,
        disposition,
        visit_no,
        is_last_visit,
        next_department,
        known_at,
        known_enqueued_at,
        zone_key,
        local_time,
        discharge_date,
        admitted_at,
        is_last_visit and discharged_at is null and presumed_at is not null as is_presumed,
        flags,
        is_unmapped,
        coalesce(pf_hours(started_at, ended_at) > pf_long_stay_hours(), false)
        or coalesce(pf_hours(admitted_at, encounter_ended_at) > pf_long_stay_hours(), false) as is_too_long,
        visit_no = 1 and first_type = 'transfer' as is_inferred
    from keyed

)

select
    encounter_key * 8 + visit_no as patient_flow_key,
    journey_key,
    encounter_id,
    patient_id,
    patient_key,
    patient_key_hash,
    department_key,
    hospital_id,
    department,
    zone_key + cast(floor(cast(pf_seconds(timestamp '1900-01-01 00:00:00', began_at) - minute(local_time) * 60 - second(local_time) as double) / 900) as bigint) as time_key,
    arrived_at as arrival_time,
    started_at as admission_time,
    ended_at as discharge_time,
    expected_discharge_time,
    cast(local_time as date) as admission_date,
    discharge_date,
    admitted_at as encounter_admission_time,
    wait_minutes,
    pf_hours(started_at, ended_at) as length_of_stay_hours,
    bed_id,
    class,
    age,
    disposition as discharge_disposition,
    visit_no = 1 as is_first_visit,
    is_last_visit,
    next_department,
    is_presumed,
    case
        when flags is null and not (is_unmapped or is_too_long or is_presumed or is_inferred) then cast(null as string)
        else concat_ws(
            ',',
            case when is_unmapped then 'unknown_department' end,
            nullif(replace(replace(flags, ',movement_after_discharge', ''), 'movement_after_discharge', ''), ''),
            case when is_too_long then 'stay_too_long' end,
            case when is_presumed then 'presumed_discharge' end,
            case when is_inferred then 'inferred_admission' end,
            case when pf_has(flags, 'movement_after_discharge') then 'movement_after_discharge' end
        )
    end as flags,
    known_at as recorded_at,
    known_enqueued_at as enqueued_at
from judged
