-- One row per shape of record and undeclared field seen in it; counts add up, the first and last time are the outermost.
with

seen as (

    select 'stay' as shape, unknown, enqueued_at from parsed.stay where unknown is not null
    union all
    select 'movement' as shape, unknown, enqueued_at from parsed.movement where unknown is not null
    union all
    select 'department' as shape, unknown, enqueued_at from parsed.department where unknown is not null

),

fields as (

    select
        seen.shape,
        split_part(seen.unknown, ',', cast(item.i as int)) as field,
        seen.enqueued_at
    from seen
    inner join range(1, 65) as item(i) on item.i <= length(seen.unknown) - length(replace(seen.unknown, ',', '')) + 1

)

select
    shape,
    field,
    count(*) as records,
    min(enqueued_at) as first_seen_at,
    max(enqueued_at) as last_seen_at
from fields
where field <> ''
group by shape, field
