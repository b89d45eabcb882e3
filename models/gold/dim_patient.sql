-- One row per patient and validity: gender and age band as observed at the movements that count.
with

observed as (

    select
        patient_key_hash,
        patient_id,
        nullif(gender, 'unknown') as gender,
        pf_age_band(age) as age_band,
        coalesce(birth_year, year(occurred_at) - age) as birth_year,
        occurred_at,
        recorded_at,
        content_hash
    from silver.movement
    where
        not is_cancelled
        and (place_no is not null or gender is not null or age is not null or birth_year is not null)

),

patients as (

    select
        patient_key_hash,
        max(patient_id) as patient_id,
        max(gender) as gender,
        max(age_band) as age_band,
        -- the birth year of the latest observation (the greatest of several at one second), packed behind its time
        cast(max(pf_seconds(timestamp '1000-01-01 00:00:00', occurred_at) * 4096 + birth_year) % 4096 as int) as birth_year,
        min(gender) <> max(gender) as has_genders,
        min(age_band) <> max(age_band) as has_bands
    from observed
    group by patient_key_hash

),

-- Most patients never change. For the others, what an observation leaves unsaid stays as it was, and what was not yet
-- known holds from the beginning.
told as (

    select
        observed.patient_key_hash,
        observed.occurred_at,
        observed.gender,
        observed.age_band,
        row_number() over (
            partition by observed.patient_key_hash
            order by observed.occurred_at nulls last, observed.recorded_at nulls last, observed.content_hash nulls last
        ) as turn
    from observed
    inner join patients on patients.patient_key_hash = observed.patient_key_hash
    where (patients.has_genders or patients.has_bands) and (observed.gender is not null or observed.age_band is not null)

),

known as (

    select
        patient_key_hash,
        occurred_at,
        turn,
        max_by(gender, case when gender is not null then turn end) over (
            partition by patient_key_hash order by turn nulls last rows between unbounded preceding and current row
        ) as gender,
        max_by(age_band, case when age_band is not null then turn end) over (
            partition by patient_key_hash order by turn nulls last rows between unbounded preceding and current row
        ) as age_band,
        min_by(gender, case when gender is not null then turn end) over (partition by patient_key_hash) as first_gender,
        min_by(age_band, case when age_band is not null then turn end) over (partition by patient_key_hash) as first_age_band,
        lead(occurred_at) over (partition by patient_key_hash order by turn nulls last) as superseded_at
    from told

),

-- Of several observations of one instant the last stands.
compared as (

    select
        patient_key_hash,
        occurred_at,
        turn,
        coalesce(gender, first_gender, 'unknown') as gender,
        coalesce(age_band, first_age_band, 'unknown') as age_band,
        lag(coalesce(gender, first_gender, 'unknown')) over (partition by patient_key_hash order by turn nulls last) as gender_before,
        lag(coalesce(age_band, first_age_band, 'unknown')) over (partition by patient_key_hash order by turn nulls last) as age_band_before
    from known
    where superseded_at is null or superseded_at > occurred_at

),

versions as (

    select
        patient_key_hash,
        gender,
        age_band,
        case when gender_before is null then timestamp '1900-01-01 00:00:00' else occurred_at end as effective_from,
        lead(occurred_at) over (partition by patient_key_hash order by turn nulls last) as next_from
    from compared
    where gender_before is null or gender <> gender_before or age_band <> age_band_before

)

select
    pf_key(patient_id || '|' || cast(timestamp '1900-01-01 00:00:00' as string)) as patient_key,
    patient_id,
    patient_key_hash,
    coalesce(gender, 'unknown') as gender,
    birth_year,
    coalesce(age_band, 'unknown') as age_band,
    timestamp '1900-01-01 00:00:00' as effective_from,
    timestamp '9999-12-31 00:00:00' as effective_to,
    true as is_current
from patients
where not (coalesce(has_genders, false) or coalesce(has_bands, false))

union all

select
    pf_key(patients.patient_id || '|' || cast(versions.effective_from as string)) as patient_key,
    patients.patient_id,
    versions.patient_key_hash,
    versions.gender,
    patients.birth_year,
    versions.age_band,
    versions.effective_from,
    coalesce(versions.next_from, timestamp '9999-12-31 00:00:00') as effective_to,
    versions.next_from is null as is_current
from versions
inner join patients on patients.patient_key_hash = versions.patient_key_hash
