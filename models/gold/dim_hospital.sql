-- One row per hospital that is configured or has announced a department.
with

announced as (

    select
        hospital_id,
        max_by(hospital_name, case when hospital_name is not null then recency end) as hospital_name,
        max_by(time_zone, case when time_zone is not null then recency end) as time_zone
    from (
        select
            hospital_id,
            hospital_name,
            pf_zone(time_zone) as time_zone,
            row_number() over (
                partition by hospital_id
                order by occurred_at nulls first, recorded_at nulls first, content_hash nulls first
            ) as recency
        from silver.department_change
    ) as ranked
    group by hospital_id

)

select
    pf_key(cast(coalesce(setting.hospital_id, announced.hospital_id) as string)) as hospital_key,
    coalesce(setting.hospital_id, announced.hospital_id) as hospital_id,
    coalesce(setting.hospital_name, announced.hospital_name, 'Hospital ' || cast(coalesce(setting.hospital_id, announced.hospital_id) as string)) as hospital_name,
    coalesce(setting.time_zone, announced.time_zone, 'UTC') as time_zone,
    coalesce(setting.presume_discharge, false) as presume_discharge
from silver.hospital_setting as setting
full outer join announced on announced.hospital_id = setting.hospital_id
