-- One row per hospital, department and UTC hour with movement; additive over gold.fact_patient_flow.
with

moves as (

    select
        hospital_id,
        department,
        pf_hour(admission_time) as hour_at,
        case when is_first_visit then 1 else 0 end as admission,
        0 as discharge,
        case when is_first_visit then 0 else 1 end as transfer_in,
        0 as transfer_out,
        1 as change,
        pf_seconds(admission_time, pf_hour(admission_time) + interval 1 hour) as seconds
    from gold.fact_patient_flow
    where admission_time is not null

    union all

    select
        hospital_id,
        department,
        pf_hour(discharge_time) as hour_at,
        0 as admission,
        case when is_last_visit then 1 else 0 end as discharge,
        0 as transfer_in,
        case when is_last_visit then 0 else 1 end as transfer_out,
        -1 as change,
        -pf_seconds(discharge_time, pf_hour(discharge_time) + interval 1 hour) as seconds
    from gold.fact_patient_flow
    where admission_time is not null and discharge_time is not null

)

select
    hospital_id,
    department,
    hour_at,
    cast(sum(admission) as bigint) as admissions,
    cast(sum(discharge) as bigint) as discharges,
    cast(sum(transfer_in) as bigint) as transfers_in,
    cast(sum(transfer_out) as bigint) as transfers_out,
    cast(sum(change) as bigint) as net_change,
    cast(sum(seconds) as bigint) as patient_seconds
from moves
group by hospital_id, department, hour_at
