-- One row per rule and hospital (0: not known) with findings, by the hour in which the record was enqueued; conflicts of beds, which no
-- record shows by itself, by the hour of admission against the hospital's now.
select
    quality.rule,
    quality.hospital_id,
    cast(sum(case when quality.hour_at >= pf_hour(clock.committed_at) then quality.records else 0 end) as bigint) as this_hour,
    cast(sum(case when quality.hour_at > pf_hour(clock.committed_at) - interval 24 hour then quality.records else 0 end) as bigint) as last_24_hours,
    cast(sum(case when quality.hour_at > pf_hour(clock.committed_at) - interval 168 hour then quality.records else 0 end) as bigint) as last_7_days,
    cast(sum(quality.records) as bigint) as records,
    max(quality.hour_at) as last_found_at
from gold.quality_hourly as quality
cross join gold.clock as clock
group by quality.rule, quality.hospital_id

union all

select
    'bed_conflict' as rule,
    stay.hospital_id,
    cast(sum(case when stay.admission_time >= pf_hour(clock.now) then 1 else 0 end) as bigint) as this_hour,
    cast(sum(case when stay.admission_time >= pf_hour(clock.now) - interval 23 hour then 1 else 0 end) as bigint) as last_24_hours,
    cast(sum(case when stay.admission_time >= pf_hour(clock.now) - interval 167 hour then 1 else 0 end) as bigint) as last_7_days,
    cast(count(*) as bigint) as records,
    max(pf_hour(stay.admission_time)) as last_found_at
from gold.fact_bed_stay as stay
cross join gold.clock as clock
where stay.is_conflict
group by stay.hospital_id
