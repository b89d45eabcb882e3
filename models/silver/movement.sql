-- One row per movement of an encounter, from both shapes of record, in the order of the encounter; restated by journey.
-- Rows that give a visit (`position` is set) carry the outcome of their encounter, so that gold need not look for it again.
with

-- Journeys in which records must be seen together. Most journeys are one stay record and skip all of it.
crowded as (

    select journey_key, max(is_movement) as is_mixed
    from (
        select journey_key, 0 as is_movement from silver.stay_record
        union all
        select journey_key, 1 as is_movement from silver.movement_record
    ) as records
    group by journey_key
    having count(*) > 1 or max(is_movement) = 1

),

-- Stay records: same content counts once, and of one event id the latest content stands.
stay_copies as (

    select
        record.hub_partition,
        record.hub_offset,
        record.journey_key,
        record.encounter_key,
        record.event_key,
        record.content_hash,
        record.recorded_at,
        record.admission_time,
        coalesce(record.discharge_time, timestamp '9999-12-31 00:00:00') as end_at,
        crowded.is_mixed,
        row_number() over (
            partition by record.journey_key, record.content_hash
            order by record.enqueued_at nulls last, record.hub_partition nulls last, record.hub_offset nulls last
        ) as copy,
        count(*) over (partition by record.journey_key, record.content_hash) as copies
    from silver.stay_record as record
    inner join crowded on crowded.journey_key = record.journey_key

),

stay_versions as (

    select
        hub_partition,
        hub_offset,
        journey_key,
        encounter_key,
        content_hash,
        recorded_at,
        admission_time,
        end_at,
        is_mixed,
        copies - 1 as duplicates,
        event_key is not null and count(*) over (partition by journey_key, event_key) > 1 as is_reused,
        event_key is not null and row_number() over (
            partition by journey_key, event_key
            order by recorded_at desc nulls last, content_hash desc nulls last
        ) > 1 as is_superseded
    from stay_copies
    where copy = 1

),

-- The latest record of an encounter tells from when to when it lasts.
stay_turns as (

    select
        hub_partition,
        hub_offset,
        journey_key,
        encounter_key,
        content_hash,
        recorded_at,
        admission_time,
        end_at,
        is_mixed,
        duplicates,
        is_reused,
        is_superseded,
        row_number() over (
            partition by journey_key, is_superseded, encounter_key
            order by recorded_at nulls last, content_hash nulls last
        ) as turn
    from stay_versions

),

encounter_bounds as (

    select
        hub_partition,
        hub_offset,
        journey_key,
        encounter_key,
        content_hash,
        recorded_at,
        is_mixed,
        duplicates,
        is_reused,
        is_superseded,
        turn,
        max_by(admission_time, turn) over (partition by journey_key, is_superseded, encounter_key) as begin_at,
        max_by(end_at, turn) over (partition by journey_key, is_superseded, encounter_key) as end_at
    from stay_turns

),

encounter_reaches as (

    select
        hub_partition,
        hub_offset,
        journey_key,
        encounter_key,
        content_hash,
        recorded_at,
        is_mixed,
        duplicates,
        is_reused,
        is_superseded,
        turn,
        begin_at,
        end_at,
        max(end_at) over (
            partition by journey_key, is_superseded
            order by begin_at nulls last, end_at nulls last, encounter_key nulls last, turn nulls last
            rows between unbounded preceding and 1 preceding
        ) as reach_before
    from encounter_bounds

),

-- Overlapping encounters of one journey are one stay.
stays as (

    select
        hub_partition,
        hub_offset,
        journey_key,
        encounter_key,
        content_hash,
        recorded_at,
        is_mixed,
        duplicates,
        is_reused,
        is_superseded,
        sum(case when turn > 1 or reach_before > begin_at then 0 else 1 end) over (
            partition by journey_key, is_superseded
            order by begin_at nulls last, end_at nulls last, encounter_key nulls last, turn nulls last
            rows between unbounded preceding and current row
        ) as stay
    from encounter_reaches

),

stay_members as (

    select
        hub_partition,
        hub_offset,
        journey_key,
        is_mixed,
        duplicates,
        is_reused,
        is_superseded,
        stay,
        row_number() over (
            partition by journey_key, is_superseded, stay
            order by recorded_at nulls last, content_hash nulls last
        ) as seq,
        count(*) over (partition by journey_key, is_superseded, stay) as records,
        min(encounter_key) over (partition by journey_key, is_superseded, stay)
        <> max(encounter_key) over (partition by journey_key, is_superseded, stay) as is_merged
    from stays

),

-- Stays told by one record in a journey without movements: nothing to put in order. Part 0 is the admission, part 1 the end.
plain as (

    select
        record.journey_key,
        record.encounter_key,
        record.encounter_id,
        record.patient_id,
        record.patient_key_hash,
        record.hospital_id,
        record.admission_time,
        record.discharge_time,
        record.discharge_time <= record.recorded_at as is_discharged,
        record.recorded_at,
        record.enqueued_at,
        record.content_hash,
        record.department,
        record.bed_id,
        record.gender,
        record.age,
        record.wait_minutes,
        cast(0 as bigint) as duplicates,
        record.flags
    from silver.stay_record as record
    left join crowded on crowded.journey_key = record.journey_key
    where crowded.journey_key is null

    union all

    select
        record.journey_key,
        record.encounter_key,
        record.encounter_id,
        record.patient_id,
        record.patient_key_hash,
        record.hospital_id,
        record.admission_time,
        record.discharge_time,
        record.discharge_time <= record.recorded_at as is_discharged,
        record.recorded_at,
        record.enqueued_at,
        record.content_hash,
        record.department,
        record.bed_id,
        record.gender,
        record.age,
        record.wait_minutes,
        member.duplicates,
        case when member.is_reused then concat_ws(',', record.flags, 'id_reused') else record.flags end as flags
    from stay_members as member
    inner join silver.stay_record as record
        on record.hub_partition = member.hub_partition
        and record.hub_offset = member.hub_offset
    where member.records = 1 and member.is_mixed = 0 and not member.is_superseded

),

-- Stays told by several records: what is said of the place is carried forward from record to record.
told as (

    select
        member.journey_key,
        member.is_superseded,
        member.stay,
        member.seq,
        member.records,
        member.is_reused,
        member.is_merged,
        member.duplicates,
        record.encounter_key,
        record.encounter_id,
        record.patient_id,
        record.patient_key_hash,
        record.hospital_id,
        record.admission_time,
        record.discharge_time,
        record.recorded_at,
        record.enqueued_at,
        record.content_hash,
        record.has_event_time,
        record.department as said_department,
        record.bed_id as said_bed_id,
        record.gender,
        record.age,
        record.wait_minutes,
        record.flags,
        max_by(record.department, case when record.department is not null then member.seq end) over (
            partition by member.journey_key, member.is_superseded, member.stay order by member.seq nulls last
            rows between unbounded preceding and current row
        ) as department,
        max_by(record.department, case when record.department is not null then member.seq end) over (
            partition by member.journey_key, member.is_superseded, member.stay order by member.seq nulls last
            rows between unbounded preceding and 1 preceding
        ) as department_before
    from stay_members as member
    inner join silver.stay_record as record
        on record.hub_partition = member.hub_partition
        and record.hub_offset = member.hub_offset
    where member.records > 1 or member.is_mixed = 1 or member.is_superseded

),

-- The latest record gives the encounter, the patient and the times; of persons and waits the latest that says them.
bedded as (

    select
        journey_key,
        is_superseded,
        stay,
        seq,
        records,
        hospital_id,
        recorded_at,
        enqueued_at,
        content_hash,
        has_event_time,
        said_department,
        said_bed_id,
        department,
        department_before,
        -- a bed belongs to its department: a new department without a bed leaves the bed unknown
        nullif(max_by(
            coalesce(said_bed_id, ''),
            case when said_bed_id is not null or lower(said_department) <> lower(department_before) then seq end
        ) over (
            partition by journey_key, is_superseded, stay order by seq nulls last rows between unbounded preceding and current row
        ), '') as bed_id,
        lag(recorded_at) over (partition by journey_key, is_superseded, stay order by seq nulls last) as recorded_before,
        max_by(encounter_key, seq) over (partition by journey_key, is_superseded, stay) as encounter_key,
        max_by(encounter_id, seq) over (partition by journey_key, is_superseded, stay) as encounter_id,
        max_by(patient_id, seq) over (partition by journey_key, is_superseded, stay) as patient_id,
        max_by(patient_key_hash, seq) over (partition by journey_key, is_superseded, stay) as patient_key_hash,
        max_by(admission_time, seq) over (partition by journey_key, is_superseded, stay) as admission_time,
        max(case when seq = records then discharge_time end) over (partition by journey_key, is_superseded, stay) as discharge_time,
        max_by(recorded_at, seq) over (partition by journey_key, is_superseded, stay) as last_recorded_at,
        max_by(enqueued_at, seq) over (partition by journey_key, is_superseded, stay) as last_enqueued_at,
        max_by(content_hash, seq) over (partition by journey_key, is_superseded, stay) as last_content_hash,
        max(case when seq = records then flags end) over (partition by journey_key, is_superseded, stay) as last_flags,
        max_by(gender, case when gender is not null then seq end) over (partition by journey_key, is_superseded, stay) as gender,
        max_by(age, case when age is not null then seq end) over (partition by journey_key, is_superseded, stay) as age,
        max_by(wait_minutes, case when wait_minutes is not null then seq end) over (partition by journey_key, is_superseded, stay) as wait_minutes,
        sum(duplicates) over (partition by journey_key, is_superseded, stay) as duplicates,
        max(case when is_reused then 1 else 0 end) over (partition by journey_key, is_superseded, stay) as is_reused,
        is_merged
    from told

),

-- A changed place is a transfer if its record gives a time at which the patient can have moved, otherwise a correction.
moved as (

    select
        journey_key,
        is_superseded,
        stay,
        seq,
        records,
        encounter_key,
        encounter_id,
        patient_id,
        patient_key_hash,
        hospital_id,
        admission_time,
        discharge_time,
        recorded_at,
        enqueued_at,
        content_hash,
        last_recorded_at,
        last_enqueued_at,
        last_content_hash,
        department,
        bed_id,
        gender,
        age,
        wait_minutes,
        duplicates,
        nullif(concat_ws(
            ',',
            last_flags,
            case when is_reused = 1 then 'id_reused' end,
            case when is_merged then 'admission_corrected' end
        ), '') as flags,
        case
            when
                has_event_time
                and recorded_at > admission_time
                and recorded_at > recorded_before
                and (discharge_time is null or recorded_at < discharge_time)
                and (
                    coalesce(lower(department) <> lower(department_before), false)
                    or coalesce(bed_id <> lag(bed_id) over (partition by journey_key, is_superseded, stay order by seq nulls last), false)
                )
                then 1
            else 0
        end as is_transfer
    from bedded

),

sections as (

    select
        journey_key,
        stay,
        seq,
        records,
        encounter_key,
        encounter_id,
        patient_id,
        patient_key_hash,
        hospital_id,
        admission_time,
        discharge_time,
        recorded_at,
        enqueued_at,
        content_hash,
        last_recorded_at,
        last_enqueued_at,
        last_content_hash,
        department,
        bed_id,
        gender,
        age,
        wait_minutes,
        duplicates,
        flags,
        seq = 1 or is_transfer = 1 as is_first,
        sum(is_transfer) over (
            partition by journey_key, stay order by seq nulls last rows between unbounded preceding and current row
        ) as section
    from moved
    where not is_superseded

),

-- The place of a section is the one told last in it. Part 0 is the section, part 1 the end of the stay.
stay_parts as (

    select
        section.journey_key,
        section.encounter_key,
        section.encounter_id,
        section.patient_id,
        section.patient_key_hash,
        section.hospital_id,
        section.admission_time,
        section.discharge_time,
        section.recorded_at,
        section.enqueued_at,
        section.content_hash,
        section.last_recorded_at,
        section.last_enqueued_at,
        section.last_content_hash,
        section.department,
        section.bed_id,
        section.gender,
        section.age,
        section.wait_minutes,
        section.duplicates,
        section.flags,
        section.section,
        part.i as part
    from (
        select
            journey_key,
            encounter_key,
            encounter_id,
            patient_id,
            patient_key_hash,
            hospital_id,
            admission_time,
            discharge_time,
            recorded_at,
            enqueued_at,
            content_hash,
            last_recorded_at,
            last_enqueued_at,
            last_content_hash,
            max_by(department, case when department is not null then seq end) over (partition by journey_key, stay, section) as department,
            nullif(max_by(coalesce(bed_id, ''), seq) over (partition by journey_key, stay, section), '') as bed_id,
            gender,
            age,
            wait_minutes,
            duplicates,
            flags,
            section,
            is_first,
            seq = records as is_last
        from sections
    ) as section
    cross join range(0, 2) as part(i)
    where (part.i = 0 and section.is_first) or (part.i = 1 and section.is_last and section.discharge_time is not null)

),

-- Movement records: same content counts once, and of one event id the latest content stands.
movement_copies as (

    select
        hub_partition,
        hub_offset,
        journey_key,
        event_key,
        cancels_event_key,
        content_hash,
        replace(type, 'cancel_', '') as type,
        case when type like 'cancel%' then 1 else 0 end as is_cancel,
        occurred_at,
        recorded_at,
        row_number() over (
            partition by journey_key, content_hash
            order by enqueued_at nulls last, hub_partition nulls last, hub_offset nulls last
        ) as copy,
        count(*) over (partition by journey_key, content_hash) as copies
    from silver.movement_record

),

movement_versions as (

    select
        hub_partition,
        hub_offset,
        journey_key,
        case when is_cancel = 1 then cancels_event_key else event_key end as link_key,
        content_hash,
        type,
        is_cancel,
        occurred_at,
        recorded_at,
        sum(copies - 1) over (partition by journey_key) as duplicates,
        event_key is not null and count(*) over (partition by journey_key, event_key) > 1 as is_reused,
        event_key is not null and row_number() over (
            partition by journey_key, event_key
            order by recorded_at desc nulls last, content_hash desc nulls last
        ) > 1 as is_superseded
    from movement_copies
    where copy = 1

),

-- A cancellation that names its target takes that one and no other; the second that names it is a repetition. One that names
-- none is held against the movements of its type and instant, whatever became of them.
named_cancels as (

    select
        hub_partition,
        hub_offset,
        journey_key,
        link_key,
        content_hash,
        type,
        is_cancel,
        occurred_at,
        recorded_at,
        duplicates,
        is_reused,
        is_superseded,
        case
            when link_key is null or is_superseded then 0
            when is_cancel = 1 then max(case when is_cancel = 0 and not is_superseded then 1 else 0 end) over (partition by journey_key, link_key)
            else max(case when is_cancel = 1 and not is_superseded then 1 else 0 end) over (partition by journey_key, link_key)
        end as is_matched,
        row_number() over (
            partition by journey_key, is_superseded, is_cancel, link_key order by recorded_at nulls last, content_hash nulls last
        ) as link_rank,
        sum(1 - is_cancel) over (
            partition by journey_key, is_superseded, type, occurred_at
            order by recorded_at nulls last, is_cancel nulls last, content_hash nulls last
            rows between unbounded preceding and current row
        ) as targets_before,
        sum(1 - is_cancel) over (partition by journey_key, is_superseded, type, occurred_at) as targets_of_instant
    from movement_versions

),

-- One that names none takes, of its type and instant, the last recorded before it, as brackets close; if none was recorded
-- before it, any that is left of that instant; and if there is none of that instant, the last of its type recorded before it,
-- once an instant. What finds its target taken is a repetition. `turn` 1 marks the rows still in play.
instant_depths as (

    select
        hub_partition,
        hub_offset,
        journey_key,
        link_key,
        content_hash,
        type,
        is_cancel,
        occurred_at,
        recorded_at,
        duplicates,
        is_reused,
        is_superseded,
        is_matched,
        is_repeated,
        is_cancel = 1 and targets_before > 0 as is_answered,
        targets_of_instant,
        turn,
        is_cancel + sum(case when turn = 0 then 0 when is_cancel = 1 then -1 else 1 end) over (
            partition by journey_key, turn, type, occurred_at
            order by recorded_at nulls last, is_cancel nulls last, content_hash nulls last
            rows between unbounded preceding and current row
        ) as depth
    from (
        select
            hub_partition,
            hub_offset,
            journey_key,
            link_key,
            content_hash,
            type,
            is_cancel,
            occurred_at,
            recorded_at,
            duplicates,
            is_reused,
            is_superseded,
            targets_before,
            targets_of_instant,
            case when is_cancel = 1 and link_rank > 1 then 0 else is_matched end as is_matched,
            case when is_cancel = 1 and link_rank > 1 then is_matched else 0 end as is_repeated,
            case when is_matched = 1 or is_superseded or (is_cancel = 1 and link_key is not null) then 0 else 1 end as turn
        from named_cancels
    ) as in_play

),

instant_cancels as (

    select
        hub_partition,
        hub_offset,
        journey_key,
        link_key,
        content_hash,
        type,
        is_cancel,
        occurred_at,
        recorded_at,
        duplicates,
        is_reused,
        is_superseded,
        case
            when turn = 0 then is_matched
            when is_cancel = 1 then 1 - coalesce(lag(is_cancel) over (
                partition by journey_key, turn, type, occurred_at, depth
                order by recorded_at nulls last, is_cancel nulls last, content_hash nulls last
            ), 1)
            else coalesce(lead(is_cancel) over (
                partition by journey_key, turn, type, occurred_at, depth
                order by recorded_at nulls last, is_cancel nulls last, content_hash nulls last
            ), 0)
        end as is_matched,
        is_repeated,
        is_answered,
        targets_of_instant,
        turn
    from instant_depths

),

instant_leftovers as (

    select
        hub_partition,
        hub_offset,
        journey_key,
        link_key,
        content_hash,
        type,
        is_cancel,
        recorded_at,
        duplicates,
        is_reused,
        is_superseded,
        is_matched,
        is_repeated,
        targets_of_instant,
        turn,
        row_number() over (
            partition by journey_key, turn, is_matched, is_answered, type, occurred_at, is_cancel
            order by recorded_at desc nulls last, content_hash desc nulls last
        ) as turn_rank,
        sum(is_cancel) over (partition by journey_key, turn, is_matched, is_answered, type, occurred_at) as cancels,
        sum(1 - is_cancel) over (partition by journey_key, turn, is_matched, is_answered, type, occurred_at) as targets
    from instant_cancels

),

type_depths as (

    select
        hub_partition,
        hub_offset,
        journey_key,
        link_key,
        content_hash,
        type,
        is_cancel,
        recorded_at,
        duplicates,
        is_reused,
        is_superseded,
        is_matched,
        is_repeated,
        turn,
        is_cancel + sum(case when turn = 0 then 0 when is_cancel = 1 then -1 else 1 end) over (
            partition by journey_key, turn, type
            order by recorded_at nulls last, is_cancel nulls last, content_hash nulls last
            rows between unbounded preceding and current row
        ) as depth
    from (
        select
            hub_partition,
            hub_offset,
            journey_key,
            link_key,
            content_hash,
            type,
            is_cancel,
            recorded_at,
            duplicates,
            is_reused,
            is_superseded,
            case when is_taken then 1 else is_matched end as is_matched,
            case when is_again and not is_taken then 1 else is_repeated end as is_repeated,
            case when turn = 0 or is_matched = 1 or is_taken or is_again then 0 else 1 end as turn
        from (
            select
                hub_partition,
                hub_offset,
                journey_key,
                link_key,
                content_hash,
                type,
                is_cancel,
                recorded_at,
                duplicates,
                is_reused,
                is_superseded,
                is_matched,
                is_repeated,
                turn,
                turn = 1 and is_matched = 0 and turn_rank <= least(cancels, targets) as is_taken,
                turn = 1 and is_matched = 0 and is_cancel = 1 and (targets_of_instant > 0 or turn_rank < cancels) as is_again
            from instant_leftovers
        ) as taken
    ) as in_play

),

movement_outcomes as (

    select
        hub_partition,
        hub_offset,
        journey_key,
        content_hash,
        type,
        is_cancel,
        recorded_at,
        duplicates,
        is_reused,
        is_superseded,
        case
            when turn = 0 then is_matched
            when is_cancel = 1 then 1 - coalesce(lag(is_cancel) over (
                partition by journey_key, turn, type, depth
                order by recorded_at nulls last, is_cancel nulls last, content_hash nulls last
            ), 1)
            else coalesce(lead(is_cancel) over (
                partition by journey_key, turn, type, depth
                order by recorded_at nulls last, is_cancel nulls last, content_hash nulls last
            ), 0)
        end as is_matched,
        is_repeated
    from type_depths

),

-- A cancellation that took no target stays to be seen, as a cancelled movement of its type.
movement_entries as (

    select
        hub_partition,
        hub_offset,
        type,
        is_reused,
        is_superseded or is_cancel = 1 or is_matched = 1 as is_cancelled,
        is_cancel = 1 and is_repeated = 0 as is_unmatched,
        is_repeated = 1 as is_repeated,
        case
            when row_number() over (
                partition by journey_key order by recorded_at nulls last, content_hash nulls last
            ) = 1 then duplicates
            else 0
        end as duplicates
    from movement_outcomes
    where is_cancel = 0 or (is_matched = 0 and not is_superseded)

),

-- Everything that must be put in order, in one form. The latest record of a stay names its encounter and patient.
-- `slot` tells apart the movements that one record gives.
entries as (

    select
        journey_key,
        encounter_key,
        encounter_id,
        patient_id,
        patient_key_hash,
        hospital_id,
        case
            when part = 0 then case when section = 0 then 'admit' else 'transfer' end
            when discharge_time <= last_recorded_at then 'discharge'
            else 'expected_discharge'
        end as type,
        case
            when part = 0 then case when section = 0 then 1 else 2 end
            when discharge_time <= last_recorded_at then 4
            else 3
        end as type_rank,
        cast(null as string) as class,
        case
            when part = 0 then case when section = 0 then admission_time else recorded_at end
            else least(discharge_time, last_recorded_at)
        end as occurred_at,
        case when part = 0 and section > 0 then recorded_at else last_recorded_at end as recorded_at,
        case when part = 0 and section > 0 then enqueued_at else last_enqueued_at end as enqueued_at,
        case when part = 0 and section > 0 then content_hash else last_content_hash end as content_hash,
        case when part = 1 then 2 when section > 0 then 1 else 0 end as slot,
        case when part = 0 then department end as department,
        cast(null as string) as room,
        case when part = 0 then bed_id end as bed_id,
        case when part = 0 and section = 0 then gender end as gender,
        case when part = 0 and section = 0 then age end as age,
        cast(null as int) as birth_year,
        case when part = 0 and section = 0 then wait_minutes end as wait_minutes,
        cast(null as timestamp) as seen_at,
        case when part = 1 and discharge_time > last_recorded_at then discharge_time end as expected_discharge_time,
        cast(null as string) as disposition,
        false as is_cancelled,
        'stay' as shape,
        case when part = 0 and section = 0 then cast(duplicates as bigint) else cast(0 as bigint) end as duplicates,
        case when part = 0 and section = 0 then flags end as flags
    from stay_parts

    union all

    select
        journey_key,
        encounter_key,
        encounter_id,
        patient_id,
        patient_key_hash,
        hospital_id,
        'admit' as type,
        1 as type_rank,
        cast(null as string) as class,
        admission_time as occurred_at,
        recorded_at,
        enqueued_at,
        content_hash,
        0 as slot,
        said_department as department,
        cast(null as string) as room,
        said_bed_id as bed_id,
        gender,
        age,
        cast(null as int) as birth_year,
        wait_minutes,
        cast(null as timestamp) as seen_at,
        cast(null as timestamp) as expected_discharge_time,
        cast(null as string) as disposition,
        true as is_cancelled,
        'stay' as shape,
        duplicates,
        concat_ws(',', flags, 'id_reused') as flags
    from told
    where is_superseded

    union all

    select
        record.journey_key,
        record.encounter_key,
        record.encounter_id,
        record.patient_id,
        record.patient_key_hash,
        record.hospital_id,
        entry.type,
        case entry.type
            when 'arrive' then 0
            when 'admit' then 1
            when 'transfer' then 2
            when 'expected_discharge' then 3
            else 4
        end as type_rank,
        record.class,
        record.occurred_at,
        record.recorded_at,
        record.enqueued_at,
        record.content_hash,
        3 as slot,
        record.department,
        record.room,
        record.bed_id,
        record.gender,
        record.age,
        record.birth_year,
        cast(null as double) as wait_minutes,
        record.seen_at,
        record.expected_discharge_time,
        record.disposition,
        entry.is_cancelled,
        'movement' as shape,
        cast(entry.duplicates as bigint) as duplicates,
        nullif(concat_ws(
            ',',
            record.flags,
            case when entry.is_reused then 'id_reused' end,
            case when entry.is_unmatched then 'unmatched_cancellation' end,
            case when entry.is_repeated then 'repeated_cancellation' end
        ), '') as flags
    from movement_entries as entry
    inner join silver.movement_record as record
        on record.hub_partition = entry.hub_partition
        and record.hub_offset = entry.hub_offset

),

-- What decides the order, without what is only carried along.
ordered as (

    select
        journey_key,
        encounter_key,
        content_hash,
        slot,
        type,
        occurred_at,
        recorded_at,
        enqueued_at,
        wait_minutes,
        seen_at,
        expected_discharge_time,
        disposition,
        case when not is_cancelled then row_number() over (
            partition by journey_key, encounter_key, is_cancelled
            order by occurred_at nulls last, type_rank nulls last, recorded_at nulls last, content_hash nulls last, slot nulls last
        ) end as turn,
        case when not is_cancelled then row_number() over (
            partition by journey_key, encounter_key, is_cancelled
            order by recorded_at nulls last, content_hash nulls last, slot nulls last
        ) end as knowledge
    from entries

),

ended as (

    select
        journey_key,
        encounter_key,
        content_hash,
        slot,
        type,
        occurred_at,
        disposition,
        turn,
        max(case when type = 'discharge' then turn end) over (partition by journey_key, encounter_key) as discharge_turn,
        max(turn) over (partition by journey_key, encounter_key) as last_turn,
        max_by(seen_at, case when seen_at is not null then knowledge end) over (partition by journey_key, encounter_key) as seen_at,
        max_by(wait_minutes, case when wait_minutes is not null then knowledge end) over (partition by journey_key, encounter_key) as wait_minutes,
        max_by(expected_discharge_time, case when expected_discharge_time is not null then knowledge end) over (
            partition by journey_key, encounter_key
        ) as expected_discharge_time,
        max(case when turn is not null then recorded_at end) over (partition by journey_key, encounter_key) as known_at,
        max(case when turn is not null then enqueued_at end) over (partition by journey_key, encounter_key) as known_enqueued_at
    from ordered

),

-- What counts: places and arrivals up to the discharge.
counted as (

    select
        journey_key,
        encounter_key,
        content_hash,
        slot,
        occurred_at,
        turn,
        seen_at,
        wait_minutes,
        expected_discharge_time,
        known_at,
        known_enqueued_at,
        case
            when turn is null then 'none'
            when type in ('arrive', 'admit', 'transfer') and turn > discharge_turn then 'late'
            when type in ('admit', 'transfer') then 'place'
            when type = 'arrive' then 'arrival'
            else 'none'
        end as role,
        coalesce(turn = coalesce(discharge_turn, last_turn), false) as is_end,
        max(case when turn = discharge_turn then occurred_at end) over (partition by journey_key, encounter_key) as discharged_at,
        max(case when turn = discharge_turn then disposition end) over (partition by journey_key, encounter_key) as disposition
    from ended

),

numbered as (

    select
        journey_key,
        encounter_key,
        content_hash,
        slot,
        seen_at,
        wait_minutes,
        expected_discharge_time,
        known_at,
        known_enqueued_at,
        role,
        is_end,
        discharged_at,
        disposition,
        row_number() over (partition by journey_key, encounter_key, role order by turn nulls last) as role_no,
        count(*) over (partition by journey_key, encounter_key, role) as role_count,
        lead(occurred_at) over (partition by journey_key, encounter_key, role order by turn nulls last) as next_at,
        count(case when role = 'place' then 1 end) over (partition by journey_key, encounter_key) as places,
        count(case when role in ('place', 'arrival') then 1 end) over (partition by journey_key, encounter_key) as beginnings,
        count(case when role = 'late' then 1 end) over (partition by journey_key, encounter_key) as late_movements,
        min(case when role = 'place' then occurred_at end) over (partition by journey_key, encounter_key) as admitted_at,
        min(case when role = 'arrival' then occurred_at end) over (partition by journey_key, encounter_key) as arrived_at
    from counted

),

-- A visit is given by each place, or, in an encounter without one, by its last arrival. An encounter that has neither gives none:
-- its end, or else what is expected of it, says so.
visits as (

    select
        journey_key,
        content_hash,
        slot,
        seen_at,
        wait_minutes,
        expected_discharge_time,
        known_at,
        known_enqueued_at,
        role,
        discharged_at,
        disposition,
        places,
        late_movements,
        admitted_at,
        arrived_at,
        next_at,
        is_end and beginnings = 0 as is_unbegun,
        case
            when role = 'place' then role_no
            when role = 'arrival' and places = 0 and role_no = role_count then 1
        end as place_no
    from numbered

)

select
    entry.content_hash * 8 + entry.slot as movement_key,
    entry.journey_key,
    entry.encounter_key,
    entry.encounter_id,
    entry.patient_id,
    entry.patient_key_hash,
    entry.hospital_id,
    entry.type,
    entry.class,
    entry.occurred_at,
    entry.recorded_at,
    entry.enqueued_at,
    entry.content_hash,
    entry.department,
    entry.room,
    entry.bed_id,
    entry.gender,
    entry.age,
    entry.birth_year,
    case when visit.place_no = 1 then coalesce(
        visit.wait_minutes,
        case
            when coalesce(visit.seen_at, visit.admitted_at) >= visit.arrived_at
                then pf_hours(visit.arrived_at, coalesce(visit.seen_at, visit.admitted_at)) * 60
        end
    ) end as wait_minutes,
    entry.seen_at,
    case
        when visit.place_no is null then entry.expected_discharge_time
        when visit.place_no >= visit.places then visit.expected_discharge_time
    end as expected_discharge_time,
    case
        when visit.place_no is null then entry.disposition
        when visit.place_no >= visit.places then visit.disposition
    end as disposition,
    entry.is_cancelled,
    entry.shape,
    cast(entry.duplicates as int) as duplicates,
    case
        when visit.role = 'late' or (visit.late_movements > 0 and visit.place_no >= visit.places) then concat_ws(',', entry.flags, 'movement_after_discharge')
        when visit.is_unbegun then concat_ws(',', entry.flags, 'discharge_without_admission')
        else entry.flags
    end as flags,
    cast(visit.place_no as int) as place_no,
    case when visit.place_no is not null then cast(visit.places as int) end as places,
    case when visit.place_no is not null then visit.arrived_at end as arrived_at,
    case when visit.place_no is not null then visit.admitted_at end as admitted_at,
    case
        when visit.role = 'place' then coalesce(visit.next_at, visit.discharged_at)
        when visit.place_no is not null then visit.discharged_at
    end as left_at,
    case when visit.place_no is not null then visit.discharged_at end as discharged_at,
    case when visit.place_no is not null then visit.known_at end as known_at,
    case when visit.place_no is not null then visit.known_enqueued_at end as known_enqueued_at
from entries as entry
inner join visits as visit
    on visit.journey_key = entry.journey_key
    and visit.content_hash = entry.content_hash
    and visit.slot = entry.slot

union all

select
    plain.content_hash * 8 + part.i * 2 as movement_key,
    plain.journey_key,
    plain.encounter_key,
    plain.encounter_id,
    plain.patient_id,
    plain.patient_key_hash,
    plain.hospital_id,
    case when part.i = 0 then 'admit' when plain.is_discharged then 'discharge' else 'expected_discharge' end as type,
    cast(null as string) as class,
    case when part.i = 0 then plain.admission_time when plain.is_discharged then plain.discharge_time else plain.recorded_at end as occurred_at,
    plain.recorded_at,
    plain.enqueued_at,
    plain.content_hash,
    case when part.i = 0 then plain.department end as department,
    cast(null as string) as room,
    case when part.i = 0 then plain.bed_id end as bed_id,
    case when part.i = 0 then plain.gender end as gender,
    case when part.i = 0 then plain.age end as age,
    cast(null as int) as birth_year,
    case when part.i = 0 then plain.wait_minutes end as wait_minutes,
    cast(null as timestamp) as seen_at,
    case when not plain.is_discharged then plain.discharge_time end as expected_discharge_time,
    cast(null as string) as disposition,
    false as is_cancelled,
    'stay' as shape,
    case when part.i = 0 then cast(plain.duplicates as int) else 0 end as duplicates,
    case when part.i = 0 then plain.flags end as flags,
    case when part.i = 0 then 1 end as place_no,
    case when part.i = 0 then 1 end as places,
    cast(null as timestamp) as arrived_at,
    case when part.i = 0 then plain.admission_time end as admitted_at,
    case when part.i = 0 and plain.is_discharged then plain.discharge_time end as left_at,
    case when part.i = 0 and plain.is_discharged then plain.discharge_time end as discharged_at,
    case when part.i = 0 then plain.recorded_at end as known_at,
    case when part.i = 0 then plain.enqueued_at end as known_enqueued_at
from plain
cross join range(0, 2) as part(i)
where part.i = 0 or plain.discharge_time is not null
