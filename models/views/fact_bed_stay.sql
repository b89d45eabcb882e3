-- One row per patient in one bed, with the next occupant, the turnaround and whether two patients held the bed at once.
-- Beds of departments nobody announced share the name 'unmapped' and are compared with none.
with

ordered as (

    select
        bed_stay_key,
        journey_key,
        encounter_id,
        patient_id,
        hospital_id,
        department,
        department_key,
        room,
        bed_id,
        admission_time,
        discharge_time,
        coalesce(discharge_time, timestamp '9999-12-31 00:00:00') as end_at,
        lead(encounter_id) over (
            partition by hospital_id, department, room, bed_id order by admission_time nulls last, discharge_time nulls last, bed_stay_key nulls last
        ) as next_encounter_id,
        lead(admission_time) over (
            partition by hospital_id, department, room, bed_id order by admission_time nulls last, discharge_time nulls last, bed_stay_key nulls last
        ) as next_admission_time,
        max(coalesce(discharge_time, timestamp '9999-12-31 00:00:00')) over (
            partition by hospital_id, department, room, bed_id order by admission_time nulls last, discharge_time nulls last, bed_stay_key nulls last
            rows between unbounded preceding and 1 preceding
        ) as end_before
    from gold.bed_stay

)

select
    bed_stay_key,
    journey_key,
    encounter_id,
    patient_id,
    hospital_id,
    department,
    department_key,
    room,
    bed_id,
    admission_time,
    discharge_time,
    case when department <> 'unmapped' then next_encounter_id end as next_encounter_id,
    case
        when department <> 'unmapped' and next_admission_time >= discharge_time
            then cast(pf_seconds(discharge_time, next_admission_time) as double) / 60
    end as turnaround_minutes,
    department <> 'unmapped'
    and (coalesce(end_before > admission_time, false) or coalesce(next_admission_time < end_at, false)) as is_conflict
from ordered
