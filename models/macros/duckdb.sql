-- What DuckDB and Spark say differently, under one name on both. Spark's side is spark.sql.

-- 60 bits of md5: the key of a text, the same on every engine.
create or replace macro pf_key(t) as cast('0x' || substr(md5(t), 1, 15) as bigint);
-- Whole seconds between two instants, each cut to its second, so that pieces add up.
create or replace macro pf_seconds(a, b) as date_diff('second', a, b);
create or replace macro pf_hours(a, b) as cast(epoch_us(b) - epoch_us(a) as double) / 3.6e9;
create or replace macro pf_add_seconds(t, n) as t + to_seconds(n);
-- The start of the UTC hour, and of the UTC day.
create or replace macro pf_hour(t) as date_trunc('hour', t);
create or replace macro pf_day(t) as cast(cast(t as date) as timestamp);
-- Naive local time of a UTC instant, and the UTC instant of a naive local time.
create or replace macro pf_local(t, zone) as timezone(zone, timezone('UTC', t));
create or replace macro pf_utc(t, zone) as timezone('UTC', timezone(zone, t));
-- A time zone's name if the engine knows it, else NULL: one bad name must not stop the pipeline.
create or replace macro pf_zone(zone) as (select max(z.name) from pg_timezone_names() as z where z.name = zone);
create or replace macro pf_isodow(d) as cast(isodow(d) as int);
create or replace macro pf_add_days(d, n) as d + cast(n as int);
-- Whether a comma-separated list holds an item; NULL list: NULL.
create or replace macro pf_has(list, item) as contains(',' || list || ',', ',' || item || ',');
create or replace macro pf_long_stay_hours() as 2160.0;
create or replace macro pf_age_band(age) as case
    when age is null then null
    when age < 18 then '0-17'
    when age < 45 then '18-44'
    when age < 65 then '45-64'
    when age < 80 then '65-79'
    when age < 90 then '80-89'
    else '90+'
end;
