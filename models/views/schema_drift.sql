-- One row per shape and undeclared field seen, the newest first to look at.
select
    drift.shape,
    drift.field,
    drift.records,
    drift.first_seen_at,
    drift.last_seen_at,
    drift.first_seen_at > clock.committed_at - interval 7 day as is_new
from gold.drift as drift
cross join gold.clock as clock
