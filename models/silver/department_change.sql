-- One row per usable department change as sent.
with

sent as (

    select
        hub_partition,
        hub_offset,
        enqueued_at,
        content_hash,
        event_key,
        hospital_id,
        nullif(trim(hospital_name), '') as hospital_name,
        nullif(trim(time_zone), '') as time_zone,
        nullif(trim(department), '') as department,
        nullif(trim(specialty), '') as specialty,
        staffed_beds,
        closed_beds,
        staff,
        occurred_at as sent_occurred_at,
        coalesce(recorded_at, enqueued_at) as recorded_at,
        wrong
    from parsed.department
    where hospital_id is not null

)

select
    hub_partition,
    hub_offset,
    enqueued_at,
    content_hash,
    event_key,
    hospital_id,
    hospital_name,
    time_zone,
    department,
    specialty,
    case when staffed_beds >= 0 then staffed_beds end as staffed_beds,
    case when closed_beds >= 0 then closed_beds end as closed_beds,
    case when staff >= 0 then staff end as staff,
    coalesce(sent_occurred_at, recorded_at) as occurred_at,
    recorded_at,
    nullif(concat_ws(
        ',',
        case when sent_occurred_at is null and coalesce(pf_has(wrong, 'occurred_at'), false) = false then 'occurred_missing' end,
        case when sent_occurred_at is null and pf_has(wrong, 'occurred_at') then 'occurred_unparsable' end,
        case when pf_has(wrong, 'recorded_at') then 'recorded_unparsable' end
    ), '') as flags
from sent
