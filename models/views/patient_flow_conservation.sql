-- One row per hospital and department for the last 24 complete hours: census at the end = census at the start + in - out.
-- Both censuses are counted from facts, in and out from movements, so that neither can hide the other's mistake.
with

bounds as (

    select pf_hour(now) as to_at, pf_hour(now) - interval 24 hour as from_at
    from gold.clock

),

censuses as (

    select
        visit.hospital_id,
        visit.department,
        count(case when visit.admission_time <= bounds.from_at and (visit.discharge_time is null or visit.discharge_time > bounds.from_at) then 1 end) as census_before,
        count(case when visit.admission_time <= bounds.to_at and (visit.discharge_time is null or visit.discharge_time > bounds.to_at) then 1 end) as census_after
    from gold.fact_patient_flow as visit
    cross join bounds
    where visit.admission_time is not null and (visit.discharge_time is null or visit.discharge_time > bounds.from_at)
    group by visit.hospital_id, visit.department

),

-- Encounters that moved within the hours looked at, and what hospitals that never confirm a discharge expected then.
moved as (

    select distinct movement.journey_key, movement.encounter_key
    from silver.movement as movement
    cross join bounds
    where
        not movement.is_cancelled
        and (
            (movement.occurred_at > bounds.from_at and movement.occurred_at <= bounds.to_at)
            or (movement.expected_discharge_time > bounds.from_at and movement.expected_discharge_time <= bounds.to_at)
        )

),

ordered as (

    select
        movement.journey_key,
        movement.encounter_key,
        movement.hospital_id,
        movement.type,
        movement.occurred_at,
        lower(movement.department) as name_key,
        row_number() over (
            partition by movement.journey_key, movement.encounter_key
            order by
                movement.occurred_at nulls last,
                case movement.type when 'admit' then 1 when 'transfer' then 2 else 4 end nulls last,
                movement.recorded_at nulls last,
                movement.content_hash nulls last,
                movement.movement_key nulls last
        ) as turn
    from silver.movement as movement
    inner join moved
        on moved.journey_key = movement.journey_key
        and moved.encounter_key = movement.encounter_key
    where not movement.is_cancelled and movement.type in ('admit', 'transfer', 'discharge')

),

discharges as (

    select journey_key, encounter_key, max(turn) as turn, max(occurred_at) as occurred_at
    from ordered
    where type = 'discharge'
    group by journey_key, encounter_key

),

expectations as (

    select
        expected.journey_key,
        expected.encounter_key,
        max_by(expected.expected_discharge_time, expected.recency) as expected_at
    from (
        select
            movement.journey_key,
            movement.encounter_key,
            movement.expected_discharge_time,
            row_number() over (
                partition by movement.journey_key, movement.encounter_key
                order by movement.recorded_at nulls last, movement.content_hash nulls last, movement.movement_key nulls last
            ) as recency
        from silver.movement as movement
        inner join moved
            on moved.journey_key = movement.journey_key
            and moved.encounter_key = movement.encounter_key
        inner join gold.dim_hospital as hospital
            on hospital.hospital_id = movement.hospital_id
            and hospital.presume_discharge
        where not movement.is_cancelled and movement.expected_discharge_time is not null
    ) as expected
    group by expected.journey_key, expected.encounter_key

),

places as (

    select
        ordered.journey_key,
        ordered.encounter_key,
        ordered.hospital_id,
        ordered.name_key,
        ordered.occurred_at,
        lead(ordered.occurred_at) over (partition by ordered.journey_key, ordered.encounter_key order by ordered.turn nulls last) as next_at,
        discharges.occurred_at as discharged_at,
        expectations.expected_at
    from ordered
    left join discharges
        on discharges.journey_key = ordered.journey_key
        and discharges.encounter_key = ordered.encounter_key
    left join expectations
        on expectations.journey_key = ordered.journey_key
        and expectations.encounter_key = ordered.encounter_key
    where ordered.type <> 'discharge' and (discharges.turn is null or ordered.turn < discharges.turn)

),

names as (

    select hospital_id, lower(department) as name_key, max(department) as department
    from gold.dim_department
    where is_mapped
    group by hospital_id, lower(department)

),

flows as (

    select
        places.hospital_id,
        coalesce(names.department, 'unmapped') as department,
        count(case when places.occurred_at > bounds.from_at and places.occurred_at <= bounds.to_at then 1 end) as patients_in,
        count(case
            when coalesce(places.next_at, places.discharged_at, case when places.expected_at >= places.occurred_at then places.expected_at end) > bounds.from_at
                and coalesce(places.next_at, places.discharged_at, case when places.expected_at >= places.occurred_at then places.expected_at end) <= bounds.to_at
                then 1
        end) as patients_out
    from places
    cross join bounds
    left join names
        on names.hospital_id = places.hospital_id
        and names.name_key = places.name_key
    group by places.hospital_id, coalesce(names.department, 'unmapped')

)

select
    coalesce(censuses.hospital_id, flows.hospital_id) as hospital_id,
    coalesce(censuses.department, flows.department) as department,
    coalesce(censuses.census_before, 0) as census_before,
    coalesce(flows.patients_in, 0) as patients_in,
    coalesce(flows.patients_out, 0) as patients_out,
    coalesce(censuses.census_after, 0) as census_after,
    coalesce(censuses.census_before, 0) + coalesce(flows.patients_in, 0) - coalesce(flows.patients_out, 0) - coalesce(censuses.census_after, 0) as difference
from censuses
full outer join flows
    on flows.hospital_id = censuses.hospital_id
    and flows.department = censuses.department
