-- section: prelude
-- What DuckDB and Spark say differently, under one name on both. Spark's side is spark.sql.

-- 60 bits of md5: the key of a text, the same on every engine.
create or replace macro pf_key(t) as cast('0x' || substr(md5(t), 1, 15) as bigint)
-- section: prelude
create or replace temporary macro pf_pseudonym(message) as
  substr(sha256(unhex('2834397c2c3d2e2f397c28392f282f7b7c332b327c373925707c32337c2f393f2e39285c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c') || unhex(sha256(unhex('425e531646574445531642534542451116594158165d534f1a165859164553554453423636363636363636363636363636363636363636363636363636363636') || encode(message)))), 1, 32)
-- section: prelude
create or replace temporary macro pf_content_hash(body) as
  cast('0x' || substr(sha256(body), 1, 15) as bigint)
-- section: prelude
create or replace temporary macro pf_body_text(body) as
  try(decode(body))
-- section: prelude
create or replace temporary macro pf_json_brackets(t) as
  regexp_replace(t, '"(?:[^"\\\x00-\x1f]+|\\(?:["\\/bfnrt]|u(?:[0-9A-Ca-cE-Fe-f][0-9A-Fa-f]{3}|[Dd][0-7][0-9A-Fa-f]{2}|[Dd][89ABab][0-9A-Fa-f]{2}\\u[Dd][C-Fc-f][0-9A-Fa-f]{2})))*"|[^"{}\[\]]+', '', 'g')
-- section: prelude
create or replace temporary macro pf_json_tagged(t) as
  case when regexp_matches(t, '^(?:[ \t\n\r]+|"(?:[^"\\\x00-\x1f]+|\\(?:["\\/bfnrt]|u(?:[0-9A-Ca-cE-Fe-f][0-9A-Fa-f]{3}|[Dd][0-7][0-9A-Fa-f]{2}|[Dd][89ABab][0-9A-Fa-f]{2}\\u[Dd][C-Fc-f][0-9A-Fa-f]{2})))*"(?:[ \t\n\r]*:)?|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[Ee][+-]?[0-9]+)?|true|false|null|[{}\[\]]|,[ \t\n\r]*(?:"(?:[^"\\\x00-\x1f]+|\\(?:["\\/bfnrt]|u(?:[0-9A-Ca-cE-Fe-f][0-9A-Fa-f]{3}|[Dd][0-7][0-9A-Fa-f]{2}|[Dd][89ABab][0-9A-Fa-f]{2}\\u[Dd][C-Fc-f][0-9A-Fa-f]{2})))*"(?:[ \t\n\r]*:)?|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[Ee][+-]?[0-9]+)?|true|false|null|[{\[]))*\z') then
    case when length(pf_json_brackets(t)) <= 128 or regexp_matches(pf_json_brackets(t), '^(?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[](?:[{\[][}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*[}\]])*\z')
      then regexp_replace(t, '"((?:[^"\\\x00-\x1f]+|\\(?:["\\/bfnrt]|u(?:[0-9A-Ca-cE-Fe-f][0-9A-Fa-f]{3}|[Dd][0-7][0-9A-Fa-f]{2}|[Dd][89ABab][0-9A-Fa-f]{2}\\u[Dd][C-Fc-f][0-9A-Fa-f]{2})))*)"|(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[Ee][+-]?[0-9]+)?)', '"_\1\2"', 'g') end end
-- section: prelude
create or replace temporary macro pf_json_members(t) as
  case when json_valid(t) then case when json_type(t) = 'OBJECT' then t end end
-- section: prelude
create or replace temporary macro pf_json_member(members, name) as
  json_extract_string(members, '$."_' || name || '"')
-- section: prelude
create or replace temporary macro pf_json_inner(members, name) as
  json_extract(members, '$."_' || name || '"')
-- section: prelude
create or replace temporary macro pf_json_unknown(members, declared) as
  nullif(array_to_string(list_sort(list_distinct(list_filter(
    list_transform(json_keys(members), lambda k: case when strlen(k) between 2 and 65
      and not regexp_matches(k, '[,\x00-\x1f\x7f]') then substr(k, 2) else '?' end),
    lambda k: not contains(',' || declared || ',', ',' || k || ','))))[1:32], ','), '')
-- section: prelude
create or replace temporary macro pf_text(member) as
  case when starts_with(member, '_') and not contains(member, chr(0)) then trim(substr(member, 2), ' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13)) end
-- section: prelude
create or replace temporary macro pf_form_integer(t) as
  case when regexp_matches(t, '^[+-]?[0-9]{1,9}(?:\.0+)?\z') then cast(regexp_extract(t, '^[+-]?[0-9]+', 0) as int) end
-- section: prelude
create or replace temporary macro pf_form_double(t) as
  case when regexp_matches(t, '^[+-]?[0-9]{1,9}(?:\.[0-9]{1,9})?\z') then cast(t as double) end
-- section: prelude
create or replace temporary macro pf_form_date(t) as
  case when regexp_matches(t, '^[0-9]{4}-[0-9]{2}-[0-9]{2}\z') and substr(t, 1, 4) <> '0000' then try_cast(substr(t, 1, 10) as date) end
-- section: prelude
create or replace temporary macro pf_form_timestamp(t) as
  case when regexp_matches(t, '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?(?:[Zz]|[+-](?:0[0-9]|1[0-5])(?::?[0-5][0-9])?)?\z') and substr(t, 1, 4) <> '0000' then
    make_timestamp((cast(date_diff('day', date '1970-01-01', try_cast(substr(t, 1, 10) as date)) as bigint) * 86400 + cast(substr(t, 12, 2) as bigint) * 3600 + cast(substr(t, 15, 2) as bigint) * 60 + coalesce(cast(nullif(regexp_extract(substr(t, 17), '^:([0-9]{2})', 1), '') as bigint), 0) - case when regexp_extract(substr(t, 17), '([+-])', 1) = '-' then -1 else 1 end * (coalesce(cast(nullif(regexp_extract(substr(t, 17), '[+-]([0-9]{2})', 1), '') as bigint), 0) * 3600 + coalesce(cast(nullif(regexp_extract(substr(t, 17), '[+-][0-9]{2}:?([0-9]{2})', 1), '') as bigint), 0) * 60)) * 1000000 + cast(rpad(regexp_extract(t, '\.([0-9]{1,6})', 1), 6, '0') as bigint)) end
-- section: stay
with decoded as (
  select hub_partition, hub_offset, enqueued_at, body, pf_body_text(body) as content from event
),
tagged as (
  select hub_partition, hub_offset, enqueued_at, body, content is not null as is_text, pf_json_tagged(content) as tagged from decoded
),
opened as (
  select hub_partition, hub_offset, enqueued_at, body, is_text, pf_json_members(tagged) as members from tagged
),
typed as (
  select hub_partition, hub_offset, enqueued_at, body, is_text, members, pf_json_member(members, 'type') as told_type from opened
),
told as (
  select
    hub_partition, hub_offset, enqueued_at, body, members,
    case
      when not is_text then 'invalid_utf8'
      when members is null then 'malformed_json'
      when told_type = '_rejected' then
        case when pf_json_member(members, 'reason') = '_too_large' then 'too_large' else 'unknown_type' end
    end as rule,
    case
      when told_type is null then 'stay'
      when told_type = '_department_changed' then 'department'
      else 'movement'
    end as shape
  from typed
),
shaped as (
  select hub_partition, hub_offset, enqueued_at, pf_content_hash(body) as content_hash, members
  from told where rule is null and shape = 'stay'
),
read as (
  select
    hub_partition, hub_offset, enqueued_at, content_hash, pf_json_unknown(members, 'admission_time,age,bed_id,department,discharge_time,encounter_id,event_id,event_time,gender,hospital_id,patient_id,wait_time_minutes') as unknown,
    pf_json_member(members, 'event_id') as m_event_id,
    pf_json_member(members, 'event_time') as m_event_time,
    pf_json_member(members, 'hospital_id') as m_hospital_id,
    pf_json_member(members, 'patient_id') as m_patient_id,
    pf_json_member(members, 'encounter_id') as m_encounter_id,
    pf_json_member(members, 'gender') as m_gender,
    pf_json_member(members, 'age') as m_age,
    pf_json_member(members, 'department') as m_department,
    pf_json_member(members, 'bed_id') as m_bed_id,
    pf_json_member(members, 'admission_time') as m_admission_time,
    pf_json_member(members, 'discharge_time') as m_discharge_time,
    pf_json_member(members, 'wait_time_minutes') as m_wait_time_minutes
  from shaped
),
trimmed as (
  select
    hub_partition, hub_offset, enqueued_at, content_hash, unknown,
    m_event_id, pf_text(m_event_id) as t_event_id,
    m_event_time, pf_text(m_event_time) as t_event_time,
    m_hospital_id, pf_text(m_hospital_id) as t_hospital_id,
    m_patient_id, pf_text(m_patient_id) as t_patient_id,
    m_encounter_id, pf_text(m_encounter_id) as t_encounter_id,
    m_gender, pf_text(m_gender) as t_gender,
    m_age, pf_text(m_age) as t_age,
    m_department, pf_text(m_department) as t_department,
    m_bed_id, pf_text(m_bed_id) as t_bed_id,
    m_admission_time, pf_text(m_admission_time) as t_admission_time,
    m_discharge_time, pf_text(m_discharge_time) as t_discharge_time,
    m_wait_time_minutes, pf_text(m_wait_time_minutes) as t_wait_time_minutes
  from read
),
formed as (
  select
    hub_partition, hub_offset, enqueued_at, content_hash, unknown,
    m_event_id, t_event_id, m_event_time, t_event_time, m_hospital_id, t_hospital_id, m_patient_id, t_patient_id, m_encounter_id, t_encounter_id, m_gender, t_gender, m_age, t_age, m_department, t_department, m_bed_id, t_bed_id, m_admission_time, t_admission_time, m_discharge_time, t_discharge_time, m_wait_time_minutes, t_wait_time_minutes,
    nullif(t_event_id, '') as v_event_id,
    pf_form_timestamp(t_event_time) as v_event_time,
    pf_form_integer(t_hospital_id) as v_hospital_id,
    nullif(t_patient_id, '') as v_patient_id,
    nullif(t_encounter_id, '') as v_encounter_id,
    nullif(t_gender, '') as v_gender,
    pf_form_integer(t_age) as v_age,
    nullif(t_department, '') as v_department,
    nullif(t_bed_id, '') as v_bed_id,
    pf_form_timestamp(t_admission_time) as v_admission_time,
    pf_form_timestamp(t_discharge_time) as v_discharge_time,
    pf_form_double(t_wait_time_minutes) as v_wait_time_minutes
  from trimmed
),
checked as (
  select
    hub_partition, hub_offset, enqueued_at, content_hash, unknown,
    t_event_id, v_event_id, t_event_time, v_event_time, t_hospital_id, v_hospital_id, t_patient_id, v_patient_id, t_encounter_id, v_encounter_id, t_gender, v_gender, t_age, v_age, t_department, v_department, t_bed_id, v_bed_id, t_admission_time, v_admission_time, t_discharge_time, v_discharge_time, t_wait_time_minutes, v_wait_time_minutes,
    nullif(concat_ws(',',
      case when m_event_id is not null and coalesce(t_event_id, '?') <> '' and v_event_id is null then 'event_id' end,
      case when m_event_time is not null and coalesce(t_event_time, '?') <> '' and v_event_time is null then 'event_time' end,
      case when m_hospital_id is not null and coalesce(t_hospital_id, '?') <> '' and v_hospital_id is null then 'hospital_id' end,
      case when m_patient_id is not null and coalesce(t_patient_id, '?') <> '' and v_patient_id is null then 'patient_id' end,
      case when m_encounter_id is not null and coalesce(t_encounter_id, '?') <> '' and v_encounter_id is null then 'encounter_id' end,
      case when m_gender is not null and coalesce(t_gender, '?') <> '' and v_gender is null then 'gender' end,
      case when m_age is not null and coalesce(t_age, '?') <> '' and v_age is null then 'age' end,
      case when m_department is not null and coalesce(t_department, '?') <> '' and v_department is null then 'department' end,
      case when m_bed_id is not null and coalesce(t_bed_id, '?') <> '' and v_bed_id is null then 'bed_id' end,
      case when m_admission_time is not null and coalesce(t_admission_time, '?') <> '' and v_admission_time is null then 'admission_time' end,
      case when m_discharge_time is not null and coalesce(t_discharge_time, '?') <> '' and v_discharge_time is null then 'discharge_time' end,
      case when m_wait_time_minutes is not null and coalesce(t_wait_time_minutes, '?') <> '' and v_wait_time_minutes is null then 'wait_time_minutes' end), '') as wrong
  from formed
),
identified as (
  select
    hub_partition, hub_offset, enqueued_at, content_hash, wrong, unknown,
    v_event_id, v_event_time, v_hospital_id, v_patient_id, v_encounter_id, v_gender, v_age, v_department, v_bed_id, v_admission_time, v_discharge_time, v_wait_time_minutes,
    case when v_patient_id is not null then pf_pseudonym('patient|' || coalesce(cast(v_hospital_id as string), '') || '|' || v_patient_id) end as patient_id,
    case
      when v_patient_id is null then null
      when v_encounter_id is not null then pf_pseudonym('encounter|' || coalesce(cast(v_hospital_id as string), '') || '|' || v_encounter_id)
      else pf_pseudonym('stay|' || coalesce(cast(v_hospital_id as string), '') || '|' || v_patient_id || '|' || coalesce(t_admission_time, ''))
    end as encounter_id
  from checked
)
select
  hub_partition,
  hub_offset,
  enqueued_at,
  content_hash,
  pf_key(v_event_id) as event_key,
  v_hospital_id as hospital_id,
  patient_id,
  encounter_id,
  v_patient_id is not null and v_encounter_id is not null as has_encounter_id,
  case when v_encounter_id is null then pf_key(coalesce(cast(v_hospital_id as string), '') || '|' || patient_id) else pf_key(encounter_id) end as journey_key,
  pf_key(patient_id) as patient_key_hash,
  v_event_time as event_time,
  v_gender as gender,
  v_age as age,
  v_department as department,
  v_bed_id as bed_id,
  v_admission_time as admission_time,
  v_discharge_time as discharge_time,
  v_wait_time_minutes as wait_time_minutes,
  wrong,
  unknown
from identified
-- section: movement
with decoded as (
  select hub_partition, hub_offset, enqueued_at, body, pf_body_text(body) as content from event
),
tagged as (
  select hub_partition, hub_offset, enqueued_at, body, content is not null as is_text, pf_json_tagged(content) as tagged from decoded
),
opened as (
  select hub_partition, hub_offset, enqueued_at, body, is_text, pf_json_members(tagged) as members from tagged
),
typed as (
  select hub_partition, hub_offset, enqueued_at, body, is_text, members, pf_json_member(members, 'type') as told_type from opened
),
told as (
  select
    hub_partition, hub_offset, enqueued_at, body, members,
    case
      when not is_text then 'invalid_utf8'
      when members is null then 'malformed_json'
      when told_type = '_rejected' then
        case when pf_json_member(members, 'reason') = '_too_large' then 'too_large' else 'unknown_type' end
    end as rule,
    case
      when told_type is null then 'stay'
      when told_type = '_department_changed' then 'department'
      else 'movement'
    end as shape
  from typed
),
shaped as (
  select hub_partition, hub_offset, enqueued_at, pf_content_hash(body) as content_hash, members, pf_json_inner(members, 'location') as in_location, pf_json_inner(members, 'prior_location') as in_prior_location
  from told where rule is null and shape = 'movement'
),
read as (
  select
    hub_partition, hub_offset, enqueued_at, content_hash, pf_json_unknown(members, 'admit_decision_at,age,birth_date,cancels,class,disposition,encounter_id,event_id,expected_discharge_time,gender,hospital_id,location,merges,occurred_at,patient_id,prior_location,raw,recorded_at,seen_at,source,type') as unknown,
    pf_json_member(members, 'event_id') as m_event_id,
    pf_json_member(members, 'hospital_id') as m_hospital_id,
    pf_json_member(members, 'patient_id') as m_patient_id,
    pf_json_member(members, 'encounter_id') as m_encounter_id,
    pf_json_member(members, 'type') as m_type,
    pf_json_member(members, 'class') as m_class,
    pf_json_member(members, 'occurred_at') as m_occurred_at,
    pf_json_member(members, 'recorded_at') as m_recorded_at,
    pf_json_member(in_location, 'department') as m_location__department,
    pf_json_member(in_location, 'room') as m_location__room,
    pf_json_member(in_location, 'bed') as m_location__bed,
    pf_json_member(in_prior_location, 'department') as m_prior_location__department,
    pf_json_member(members, 'gender') as m_gender,
    pf_json_member(members, 'age') as m_age,
    pf_json_member(members, 'birth_date') as m_birth_date,
    pf_json_member(members, 'seen_at') as m_seen_at,
    pf_json_member(members, 'admit_decision_at') as m_admit_decision_at,
    pf_json_member(members, 'expected_discharge_time') as m_expected_discharge_time,
    pf_json_member(members, 'disposition') as m_disposition,
    pf_json_member(members, 'cancels') as m_cancels
  from shaped
),
trimmed as (
  select
    hub_partition, hub_offset, enqueued_at, content_hash, unknown,
    m_event_id, pf_text(m_event_id) as t_event_id,
    m_hospital_id, pf_text(m_hospital_id) as t_hospital_id,
    m_patient_id, pf_text(m_patient_id) as t_patient_id,
    m_encounter_id, pf_text(m_encounter_id) as t_encounter_id,
    m_type, pf_text(m_type) as t_type,
    m_class, pf_text(m_class) as t_class,
    m_occurred_at, pf_text(m_occurred_at) as t_occurred_at,
    m_recorded_at, pf_text(m_recorded_at) as t_recorded_at,
    m_location__department, pf_text(m_location__department) as t_location__department,
    m_location__room, pf_text(m_location__room) as t_location__room,
    m_location__bed, pf_text(m_location__bed) as t_location__bed,
    m_prior_location__department, pf_text(m_prior_location__department) as t_prior_location__department,
    m_gender, pf_text(m_gender) as t_gender,
    m_age, pf_text(m_age) as t_age,
    m_birth_date, pf_text(m_birth_date) as t_birth_date,
    m_seen_at, pf_text(m_seen_at) as t_seen_at,
    m_admit_decision_at, pf_text(m_admit_decision_at) as t_admit_decision_at,
    m_expected_discharge_time, pf_text(m_expected_discharge_time) as t_expected_discharge_time,
    m_disposition, pf_text(m_disposition) as t_disposition,
    m_cancels, pf_text(m_cancels) as t_cancels
  from read
),
formed as (
  select
    hub_partition, hub_offset, enqueued_at, content_hash, unknown,
    m_event_id, t_event_id, m_hospital_id, t_hospital_id, m_patient_id, t_patient_id, m_encounter_id, t_encounter_id, m_type, t_type, m_class, t_class, m_occurred_at, t_occurred_at, m_recorded_at, t_recorded_at, m_location__department, t_location__department, m_location__room, t_location__room, m_location__bed, t_location__bed, m_prior_location__department, t_prior_location__department, m_gender, t_gender, m_age, t_age, m_birth_date, t_birth_date, m_seen_at, t_seen_at, m_admit_decision_at, t_admit_decision_at, m_expected_discharge_time, t_expected_discharge_time, m_disposition, t_disposition, m_cancels, t_cancels,
    nullif(t_event_id, '') as v_event_id,
    pf_form_integer(t_hospital_id) as v_hospital_id,
    nullif(t_patient_id, '') as v_patient_id,
    nullif(t_encounter_id, '') as v_encounter_id,
    nullif(t_type, '') as v_type,
    nullif(t_class, '') as v_class,
    pf_form_timestamp(t_occurred_at) as v_occurred_at,
    pf_form_timestamp(t_recorded_at) as v_recorded_at,
    nullif(t_location__department, '') as v_location__department,
    nullif(t_location__room, '') as v_location__room,
    nullif(t_location__bed, '') as v_location__bed,
    nullif(t_prior_location__department, '') as v_prior_location__department,
    nullif(t_gender, '') as v_gender,
    pf_form_integer(t_age) as v_age,
    pf_form_date(t_birth_date) as v_birth_date,
    pf_form_timestamp(t_seen_at) as v_seen_at,
    pf_form_timestamp(t_admit_decision_at) as v_admit_decision_at,
    pf_form_timestamp(t_expected_discharge_time) as v_expected_discharge_time,
    nullif(t_disposition, '') as v_disposition,
    nullif(t_cancels, '') as v_cancels
  from trimmed
),
checked as (
  select
    hub_partition, hub_offset, enqueued_at, content_hash, unknown,
    t_event_id, v_event_id, t_hospital_id, v_hospital_id, t_patient_id, v_patient_id, t_encounter_id, v_encounter_id, t_type, v_type, t_class, v_class, t_occurred_at, v_occurred_at, t_recorded_at, v_recorded_at, t_location__department, v_location__department, t_location__room, v_location__room, t_location__bed, v_location__bed, t_prior_location__department, v_prior_location__department, t_gender, v_gender, t_age, v_age, t_birth_date, v_birth_date, t_seen_at, v_seen_at, t_admit_decision_at, v_admit_decision_at, t_expected_discharge_time, v_expected_discharge_time, t_disposition, v_disposition, t_cancels, v_cancels,
    nullif(concat_ws(',',
      case when m_event_id is not null and coalesce(t_event_id, '?') <> '' and v_event_id is null then 'event_id' end,
      case when m_hospital_id is not null and coalesce(t_hospital_id, '?') <> '' and v_hospital_id is null then 'hospital_id' end,
      case when m_patient_id is not null and coalesce(t_patient_id, '?') <> '' and v_patient_id is null then 'patient_id' end,
      case when m_encounter_id is not null and coalesce(t_encounter_id, '?') <> '' and v_encounter_id is null then 'encounter_id' end,
      case when m_type is not null and coalesce(t_type, '?') <> '' and v_type is null then 'type' end,
      case when m_class is not null and coalesce(t_class, '?') <> '' and v_class is null then 'class' end,
      case when m_occurred_at is not null and coalesce(t_occurred_at, '?') <> '' and v_occurred_at is null then 'occurred_at' end,
      case when m_recorded_at is not null and coalesce(t_recorded_at, '?') <> '' and v_recorded_at is null then 'recorded_at' end,
      case when m_location__department is not null and coalesce(t_location__department, '?') <> '' and v_location__department is null then 'location.department' end,
      case when m_location__room is not null and coalesce(t_location__room, '?') <> '' and v_location__room is null then 'location.room' end,
      case when m_location__bed is not null and coalesce(t_location__bed, '?') <> '' and v_location__bed is null then 'location.bed' end,
      case when m_prior_location__department is not null and coalesce(t_prior_location__department, '?') <> '' and v_prior_location__department is null then 'prior_location.department' end,
      case when m_gender is not null and coalesce(t_gender, '?') <> '' and v_gender is null then 'gender' end,
      case when m_age is not null and coalesce(t_age, '?') <> '' and v_age is null then 'age' end,
      case when m_birth_date is not null and coalesce(t_birth_date, '?') <> '' and v_birth_date is null then 'birth_date' end,
      case when m_seen_at is not null and coalesce(t_seen_at, '?') <> '' and v_seen_at is null then 'seen_at' end,
      case when m_admit_decision_at is not null and coalesce(t_admit_decision_at, '?') <> '' and v_admit_decision_at is null then 'admit_decision_at' end,
      case when m_expected_discharge_time is not null and coalesce(t_expected_discharge_time, '?') <> '' and v_expected_discharge_time is null then 'expected_discharge_time' end,
      case when m_disposition is not null and coalesce(t_disposition, '?') <> '' and v_disposition is null then 'disposition' end,
      case when m_cancels is not null and coalesce(t_cancels, '?') <> '' and v_cancels is null then 'cancels' end), '') as wrong
  from formed
),
identified as (
  select
    hub_partition, hub_offset, enqueued_at, content_hash, wrong, unknown,
    v_event_id, v_hospital_id, v_patient_id, v_encounter_id, v_type, v_class, v_occurred_at, v_recorded_at, v_location__department, v_location__room, v_location__bed, v_prior_location__department, v_gender, v_age, v_birth_date, v_seen_at, v_admit_decision_at, v_expected_discharge_time, v_disposition, v_cancels,
    case when v_patient_id is not null then pf_pseudonym('patient|' || coalesce(cast(v_hospital_id as string), '') || '|' || v_patient_id) end as patient_id,
    case
      when v_patient_id is null then null
      when v_encounter_id is not null then pf_pseudonym('encounter|' || coalesce(cast(v_hospital_id as string), '') || '|' || v_encounter_id)
      else cast(null as string)
    end as encounter_id
  from checked
)
select
  hub_partition,
  hub_offset,
  enqueued_at,
  content_hash,
  pf_key(v_event_id) as event_key,
  v_hospital_id as hospital_id,
  patient_id,
  encounter_id,
  v_patient_id is not null and v_encounter_id is not null as has_encounter_id,
  case when v_encounter_id is null then cast(null as bigint) else pf_key(encounter_id) end as journey_key,
  pf_key(patient_id) as patient_key_hash,
  pf_key(v_cancels) as cancels_event_key,
  v_type as type,
  v_class as class,
  v_occurred_at as occurred_at,
  v_recorded_at as recorded_at,
  v_location__department as department,
  v_location__room as room,
  v_location__bed as bed_id,
  v_prior_location__department as prior_department,
  v_gender as gender,
  v_age as age,
  v_birth_date as birth_date,
  v_seen_at as seen_at,
  v_admit_decision_at as admit_decision_at,
  v_expected_discharge_time as expected_discharge_time,
  v_disposition as disposition,
  wrong,
  unknown
from identified
-- section: department
with decoded as (
  select hub_partition, hub_offset, enqueued_at, body, pf_body_text(body) as content from event
),
tagged as (
  select hub_partition, hub_offset, enqueued_at, body, content is not null as is_text, pf_json_tagged(content) as tagged from decoded
),
opened as (
  select hub_partition, hub_offset, enqueued_at, body, is_text, pf_json_members(tagged) as members from tagged
),
typed as (
  select hub_partition, hub_offset, enqueued_at, body, is_text, members, pf_json_member(members, 'type') as told_type from opened
),
told as (
  select
    hub_partition, hub_offset, enqueued_at, body, members,
    case
      when not is_text then 'invalid_utf8'
      when members is null then 'malformed_json'
      when told_type = '_rejected' then
        case when pf_json_member(members, 'reason') = '_too_large' then 'too_large' else 'unknown_type' end
    end as rule,
    case
      when told_type is null then 'stay'
      when told_type = '_department_changed' then 'department'
      else 'movement'
    end as shape
  from typed
),
shaped as (
  select hub_partition, hub_offset, enqueued_at, pf_content_hash(body) as content_hash, members
  from told where rule is null and shape = 'department'
),
read as (
  select
    hub_partition, hub_offset, enqueued_at, content_hash, pf_json_unknown(members, 'closed_beds,department,event_id,hospital_id,hospital_name,occurred_at,recorded_at,specialty,staff,staffed_beds,time_zone,type') as unknown,
    pf_json_member(members, 'event_id') as m_event_id,
    pf_json_member(members, 'hospital_id') as m_hospital_id,
    pf_json_member(members, 'hospital_name') as m_hospital_name,
    pf_json_member(members, 'time_zone') as m_time_zone,
    pf_json_member(members, 'department') as m_department,
    pf_json_member(members, 'specialty') as m_specialty,
    pf_json_member(members, 'staffed_beds') as m_staffed_beds,
    pf_json_member(members, 'closed_beds') as m_closed_beds,
    pf_json_member(members, 'staff') as m_staff,
    pf_json_member(members, 'occurred_at') as m_occurred_at,
    pf_json_member(members, 'recorded_at') as m_recorded_at
  from shaped
),
trimmed as (
  select
    hub_partition, hub_offset, enqueued_at, content_hash, unknown,
    m_event_id, pf_text(m_event_id) as t_event_id,
    m_hospital_id, pf_text(m_hospital_id) as t_hospital_id,
    m_hospital_name, pf_text(m_hospital_name) as t_hospital_name,
    m_time_zone, pf_text(m_time_zone) as t_time_zone,
    m_department, pf_text(m_department) as t_department,
    m_specialty, pf_text(m_specialty) as t_specialty,
    m_staffed_beds, pf_text(m_staffed_beds) as t_staffed_beds,
    m_closed_beds, pf_text(m_closed_beds) as t_closed_beds,
    m_staff, pf_text(m_staff) as t_staff,
    m_occurred_at, pf_text(m_occurred_at) as t_occurred_at,
    m_recorded_at, pf_text(m_recorded_at) as t_recorded_at
  from read
),
formed as (
  select
    hub_partition, hub_offset, enqueued_at, content_hash, unknown,
    m_event_id, t_event_id, m_hospital_id, t_hospital_id, m_hospital_name, t_hospital_name, m_time_zone, t_time_zone, m_department, t_department, m_specialty, t_specialty, m_staffed_beds, t_staffed_beds, m_closed_beds, t_closed_beds, m_staff, t_staff, m_occurred_at, t_occurred_at, m_recorded_at, t_recorded_at,
    nullif(t_event_id, '') as v_event_id,
    pf_form_integer(t_hospital_id) as v_hospital_id,
    nullif(t_hospital_name, '') as v_hospital_name,
    nullif(t_time_zone, '') as v_time_zone,
    nullif(t_department, '') as v_department,
    nullif(t_specialty, '') as v_specialty,
    pf_form_integer(t_staffed_beds) as v_staffed_beds,
    pf_form_integer(t_closed_beds) as v_closed_beds,
    pf_form_integer(t_staff) as v_staff,
    pf_form_timestamp(t_occurred_at) as v_occurred_at,
    pf_form_timestamp(t_recorded_at) as v_recorded_at
  from trimmed
),
checked as (
  select
    hub_partition, hub_offset, enqueued_at, content_hash, unknown,
    t_event_id, v_event_id, t_hospital_id, v_hospital_id, t_hospital_name, v_hospital_name, t_time_zone, v_time_zone, t_department, v_department, t_specialty, v_specialty, t_staffed_beds, v_staffed_beds, t_closed_beds, v_closed_beds, t_staff, v_staff, t_occurred_at, v_occurred_at, t_recorded_at, v_recorded_at,
    nullif(concat_ws(',',
      case when m_event_id is not null and coalesce(t_event_id, '?') <> '' and v_event_id is null then 'event_id' end,
      case when m_hospital_id is not null and coalesce(t_hospital_id, '?') <> '' and v_hospital_id is null then 'hospital_id' end,
      case when m_hospital_name is not null and coalesce(t_hospital_name, '?') <> '' and v_hospital_name is null then 'hospital_name' end,
      case when m_time_zone is not null and coalesce(t_time_zone, '?') <> '' and v_time_zone is null then 'time_zone' end,
      case when m_department is not null and coalesce(t_department, '?') <> '' and v_department is null then 'department' end,
      case when m_specialty is not null and coalesce(t_specialty, '?') <> '' and v_specialty is null then 'specialty' end,
      case when m_staffed_beds is not null and coalesce(t_staffed_beds, '?') <> '' and v_staffed_beds is null then 'staffed_beds' end,
      case when m_closed_beds is not null and coalesce(t_closed_beds, '?') <> '' and v_closed_beds is null then 'closed_beds' end,
      case when m_staff is not null and coalesce(t_staff, '?') <> '' and v_staff is null then 'staff' end,
      case when m_occurred_at is not null and coalesce(t_occurred_at, '?') <> '' and v_occurred_at is null then 'occurred_at' end,
      case when m_recorded_at is not null and coalesce(t_recorded_at, '?') <> '' and v_recorded_at is null then 'recorded_at' end), '') as wrong
  from formed
)
select
  hub_partition,
  hub_offset,
  enqueued_at,
  content_hash,
  pf_key(v_event_id) as event_key,
  v_hospital_id as hospital_id,
  v_hospital_name as hospital_name,
  v_time_zone as time_zone,
  v_department as department,
  v_specialty as specialty,
  v_staffed_beds as staffed_beds,
  v_closed_beds as closed_beds,
  v_staff as staff,
  v_occurred_at as occurred_at,
  v_recorded_at as recorded_at,
  wrong,
  unknown
from checked
-- section: rejected
with decoded as (
  select hub_partition, hub_offset, enqueued_at, body, pf_body_text(body) as content from event
),
tagged as (
  select hub_partition, hub_offset, enqueued_at, body, content is not null as is_text, pf_json_tagged(content) as tagged from decoded
),
opened as (
  select hub_partition, hub_offset, enqueued_at, body, is_text, pf_json_members(tagged) as members from tagged
),
typed as (
  select hub_partition, hub_offset, enqueued_at, body, is_text, members, pf_json_member(members, 'type') as told_type from opened
),
told as (
  select
    hub_partition, hub_offset, enqueued_at, body, members,
    case
      when not is_text then 'invalid_utf8'
      when members is null then 'malformed_json'
      when told_type = '_rejected' then
        case when pf_json_member(members, 'reason') = '_too_large' then 'too_large' else 'unknown_type' end
    end as rule,
    case
      when told_type is null then 'stay'
      when told_type = '_department_changed' then 'department'
      else 'movement'
    end as shape
  from typed
)
select hub_partition, hub_offset, enqueued_at, rule from told where rule is not null
