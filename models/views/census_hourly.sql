-- One row per hospital, department and complete UTC hour of the last 35 days, from the department's first movement on.
-- What lies before is one anchor; the hourly changes accumulate upon it.
with

bounds as (

    select pf_hour(now) as to_hour, pf_hour(now) - interval 840 hour as from_hour
    from gold.clock

),

anchors as (

    select
        flow.hospital_id,
        flow.department,
        min(flow.hour_at) as first_hour,
        sum(case when flow.hour_at < bounds.from_hour then flow.net_change else 0 end) as census_before
    from gold.fact_flow_hourly as flow
    cross join bounds
    where flow.hour_at < bounds.to_hour
    group by flow.hospital_id, flow.department

),

hours as (

    select
        anchors.hospital_id,
        anchors.department,
        anchors.census_before,
        bounds.from_hour + step.i * interval 1 hour as hour_at
    from anchors
    cross join bounds
    inner join range(0, 840) as step(i) on bounds.from_hour + step.i * interval 1 hour >= anchors.first_hour

),

flows as (

    select
        hours.hospital_id,
        hours.department,
        hours.hour_at,
        coalesce(flow.admissions, 0) as admissions,
        coalesce(flow.discharges, 0) as discharges,
        coalesce(flow.transfers_in, 0) as transfers_in,
        coalesce(flow.transfers_out, 0) as transfers_out,
        coalesce(flow.net_change, 0) as net_change,
        coalesce(flow.patient_seconds, 0) as patient_seconds,
        hours.census_before + sum(coalesce(flow.net_change, 0)) over (
            partition by hours.hospital_id, hours.department order by hours.hour_at nulls last
            rows between unbounded preceding and current row
        ) as census_end
    from hours
    left join gold.fact_flow_hourly as flow
        on flow.hospital_id = hours.hospital_id
        and flow.department = hours.department
        and flow.hour_at = hours.hour_at

)

select
    flows.hospital_id,
    flows.department,
    flows.hour_at,
    cast(flows.census_end - flows.net_change as bigint) as census_start,
    cast(flows.census_end as bigint) as census_end,
    flows.admissions,
    flows.discharges,
    flows.transfers_in,
    flows.transfers_out,
    cast((flows.census_end - flows.net_change) * 3600 + flows.patient_seconds as double) / 3600 as patient_hours,
    department.staffed_beds
from flows
left join gold.dim_department as department
    on department.hospital_id = flows.hospital_id
    and department.department = flows.department
    and department.effective_from <= flows.hour_at
    and department.effective_to > flows.hour_at
