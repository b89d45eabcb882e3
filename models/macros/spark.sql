-- What DuckDB and Spark say differently, under one name on both. DuckDB's side is duckdb.sql.
-- The session needs: spark.sql.session.timeZone=UTC, spark.sql.timestampType=TIMESTAMP_NTZ, spark.sql.ansi.enabled=true,
-- spark.sql.ansi.doubleQuotedIdentifiers=true, spark.sql.parser.escapedStringLiterals=true.

-- 60 bits of md5: the key of a text, the same on every engine.
create or replace temporary function pf_key(t string) returns bigint return cast(conv(substr(md5(t), 1, 15), 16, 10) as bigint);
-- Whole seconds between two instants, each cut to its second, so that pieces add up.
create or replace temporary function pf_seconds(a timestamp_ntz, b timestamp_ntz) returns bigint return unix_seconds(cast(b as timestamp_ltz)) - unix_seconds(cast(a as timestamp_ltz));
create or replace temporary function pf_hours(a timestamp_ntz, b timestamp_ntz) returns double return cast(unix_micros(cast(b as timestamp_ltz)) - unix_micros(cast(a as timestamp_ltz)) as double) / 3.6e9;
create or replace temporary function pf_add_seconds(t timestamp_ntz, n bigint) returns timestamp_ntz return cast(timestampadd(SECOND, n, t) as timestamp_ntz);
-- The start of the UTC hour, and of the UTC day.
create or replace temporary function pf_hour(t timestamp_ntz) returns timestamp_ntz return cast(date_trunc('HOUR', t) as timestamp_ntz);
create or replace temporary function pf_day(t timestamp_ntz) returns timestamp_ntz return cast(cast(t as date) as timestamp_ntz);
-- Naive local time of a UTC instant, and the UTC instant of a naive local time.
create or replace temporary function pf_local(t timestamp_ntz, zone string) returns timestamp_ntz return convert_timezone('UTC', zone, t);
create or replace temporary function pf_utc(t timestamp_ntz, zone string) returns timestamp_ntz return convert_timezone(zone, 'UTC', t);
-- A time zone's name if it has the form of one, else NULL: one bad name must not stop the pipeline.
create or replace temporary function pf_zone(zone string) returns string return case when zone = 'UTC' or zone rlike '^(Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[A-Za-z_]+([/-][A-Za-z_]+)*$' then zone end;
create or replace temporary function pf_isodow(d date) returns int return weekday(d) + 1;
create or replace temporary function pf_add_days(d date, n bigint) returns date return date_add(d, cast(n as int));
-- Whether a comma-separated list holds an item; NULL list: NULL.
create or replace temporary function pf_has(list string, item string) returns boolean return contains(',' || list || ',', ',' || item || ',');
create or replace temporary function pf_long_stay_hours() returns double return cast(2160.0 as double);
create or replace temporary function pf_age_band(age int) returns string return case
    when age is null then null
    when age < 18 then '0-17'
    when age < 45 then '18-44'
    when age < 65 then '45-64'
    when age < 80 then '65-79'
    when age < 90 then '80-89'
    else '90+'
end;
