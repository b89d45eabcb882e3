-- One row per hospital, department and validity, and one 'unmapped' row per hospital for departments nobody announced.
with

-- What a change leaves unsaid stays as it was.
told as (

    select
        hospital_id,
        lower(department) as name_key,
        department,
        occurred_at,
        recorded_at,
        content_hash,
        specialty as said_specialty,
        staffed_beds as said_staffed_beds,
        closed_beds as said_closed_beds,
        staff as said_staff,
        row_number() over (
            partition by hospital_id, lower(department)
            order by occurred_at nulls last, recorded_at nulls last, content_hash nulls last, hub_partition nulls last, hub_offset nulls last
        ) as turn
    from silver.department_change
    where department is not null and lower(department) <> 'unmapped'

),

known as (

    select
        hospital_id,
        name_key,
        turn,
        occurred_at,
        max(case when turn = 1 then department end) over (partition by hospital_id, name_key) as department,
        max_by(said_specialty, case when said_specialty is not null then turn end) over (
            partition by hospital_id, name_key order by turn nulls last rows between unbounded preceding and current row
        ) as specialty,
        max_by(said_staffed_beds, case when said_staffed_beds is not null then turn end) over (
            partition by hospital_id, name_key order by turn nulls last rows between unbounded preceding and current row
        ) as staffed_beds,
        max_by(said_closed_beds, case when said_closed_beds is not null then turn end) over (
            partition by hospital_id, name_key order by turn nulls last rows between unbounded preceding and current row
        ) as closed_beds,
        max_by(said_staff, case when said_staff is not null then turn end) over (
            partition by hospital_id, name_key order by turn nulls last rows between unbounded preceding and current row
        ) as staff,
        lead(occurred_at) over (partition by hospital_id, name_key order by turn nulls last) as superseded_at
    from told

),

-- Of several changes of one instant the last stands; one that changes nothing makes no version.
compared as (

    select
        hospital_id,
        name_key,
        turn,
        occurred_at,
        department,
        specialty,
        staffed_beds,
        closed_beds,
        staff,
        lag(turn) over (partition by hospital_id, name_key order by turn nulls last) is null
        or specialty is distinct from lag(specialty) over (partition by hospital_id, name_key order by turn nulls last)
        or staffed_beds is distinct from lag(staffed_beds) over (partition by hospital_id, name_key order by turn nulls last)
        or closed_beds is distinct from lag(closed_beds) over (partition by hospital_id, name_key order by turn nulls last)
        or staff is distinct from lag(staff) over (partition by hospital_id, name_key order by turn nulls last) as is_version
    from known
    where superseded_at is null or superseded_at > occurred_at

),

versions as (

    select
        hospital_id,
        name_key,
        department,
        specialty,
        staffed_beds,
        closed_beds,
        staff,
        case
            when lag(turn) over (partition by hospital_id, name_key order by turn nulls last) is null then timestamp '1900-01-01 00:00:00'
            else occurred_at
        end as effective_from,
        lead(occurred_at) over (partition by hospital_id, name_key order by turn nulls last) as next_from
    from compared
    where is_version

)

select
    pf_key(cast(hospital_id as string) || '|' || name_key || '|' || cast(effective_from as string)) as department_key,
    hospital_id,
    department,
    specialty,
    staffed_beds,
    closed_beds,
    staff,
    effective_from,
    coalesce(next_from, timestamp '9999-12-31 00:00:00') as effective_to,
    next_from is null as is_current,
    true as is_mapped
from versions

union all

select
    pf_key(cast(hospital_id as string) || '|unmapped|' || cast(timestamp '1900-01-01 00:00:00' as string)) as department_key,
    hospital_id,
    'unmapped' as department,
    cast(null as string) as specialty,
    cast(null as int) as staffed_beds,
    cast(null as int) as closed_beds,
    cast(null as int) as staff,
    timestamp '1900-01-01 00:00:00' as effective_from,
    timestamp '9999-12-31 00:00:00' as effective_to,
    true as is_current,
    false as is_mapped
from gold.dim_hospital
