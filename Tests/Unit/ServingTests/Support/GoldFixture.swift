import DuckDB
import Foundation

/// A store in memory with two small hospitals on Monday, 2 March 2026, 14:30 UTC.
///
/// Hospital 1 is in Berlin (UTC+1), hospital 2 in Kolkata (UTC+5:30, so that its midnight is at no full UTC hour).
struct GoldFixture {
  static let now = "2026-03-02 14:30:00"
  static let committed = "2026-03-02 14:30:01"
  let database: Database
  let connection: Connection

  /// - Parameter isEmpty: a store before its first event.
  init(isEmpty: Bool = false) throws {
    database = try Database(path: nil, configuration: ["enable_external_access": "false", "threads": "2"])
    connection = try database.connect()
    // Nothing may depend on the zone of the machine.
    try connection.execute("set global TimeZone = 'America/New_York'")
    for schema in ["bronze", "parsed", "silver", "gold"] { try connection.execute("create schema \(schema)") }
    try connection.execute(Project.text("models/macros/duckdb.sql"))
    try connection.execute(Project.text("models/TABLES.sql"))
    if isEmpty { return }
    try connection.execute(Self.dimensions)
    try connection.execute(Self.visits)
    try connection.execute("insert into gold.fact_flow_hourly by name " + Project.text("models/gold/fact_flow_hourly.sql"))
    try connection.execute(Self.rest)
  }

  private static let dimensions = """
    insert into gold.dim_hospital (hospital_key, hospital_id, hospital_name, time_zone) values
        (1, 1, 'Northgate General', 'Europe/Berlin'), (2, 2, 'St Catherine', 'Asia/Kolkata');
    insert into gold.dim_department
        (department_key, hospital_id, department, specialty, staffed_beds, closed_beds, staff, effective_from, effective_to, is_current, is_mapped) values
        (11, 1, 'ICU', 'Critical care', 1, 0, 9, '1900-01-01', '2026-03-01 00:00', false, true),
        (12, 1, 'ICU', 'Critical care', 2, 1, 9, '2026-03-01 00:00', '9999-01-01', true, true),
        (13, 1, 'Emergency', 'Emergency medicine', 3, 0, 9, '1900-01-01', '9999-01-01', true, true),
        (19, 1, 'unmapped', null, 0, 0, 0, '1900-01-01', '9999-01-01', true, false),
        (21, 2, 'ICU', 'Critical care', 1, 0, 9, '1900-01-01', '9999-01-01', true, true),
        (29, 2, 'unmapped', null, 0, 0, 0, '1900-01-01', '9999-01-01', true, false);
    insert into gold.dim_patient (patient_key, patient_id, patient_key_hash, gender, birth_year, age_band, effective_from, effective_to, is_current)
    select range, 'pseudonym-' || range, range, case when range % 2 = 0 then 'female' else 'male' end, 1950, '65-79', '1900-01-01', '9999-01-01', true
    from range(1, 40);
    """

  /// Number, hospital, department, arrival, admission, end, expected end, first, last, next, minutes waited, age, flags.
  private static let visits = """
    insert into gold.fact_patient_flow by name
    select
        number as patient_flow_key, number as journey_key, 'encounter-' || number as encounter_id, 'pseudonym-' || number as patient_id,
        number as patient_key, number as patient_key_hash, hospital_id, department, cast(arrival as timestamp) as arrival_time,
        cast(admission as timestamp) as admission_time, cast(ended as timestamp) as discharge_time, cast(expected as timestamp) as expected_discharge_time,
        cast(pf_local(cast(admission as timestamp), case hospital_id when 1 then 'Europe/Berlin' else 'Asia/Kolkata' end) as date) as admission_date,
        cast(pf_local(cast(ended as timestamp), case hospital_id when 1 then 'Europe/Berlin' else 'Asia/Kolkata' end) as date) as discharge_date,
        is_first as is_first_visit, is_last as is_last_visit, next_department, minutes as wait_minutes, age, flags, false as is_presumed,
        pf_hours(cast(admission as timestamp), cast(ended as timestamp)) as length_of_stay_hours, 'B' || number as bed_id
    from (values
        (1, 1, 'ICU', null, '2026-02-20 10:00', null, '2026-03-02 12:00', true, true, null, null, 70, null),
        (2, 1, 'Emergency', '2026-03-02 13:00', '2026-03-02 13:10', '2026-03-02 14:00', null, true, false, 'ICU', 10.0, 50, null),
        (2, 1, 'ICU', null, '2026-03-02 14:00', null, '2026-03-03 10:00', false, true, null, null, 50, null),
        (3, 1, 'ICU', null, '2026-03-02 09:00', null, null, true, true, null, 30.0, 93, null),
        (4, 1, 'Emergency', '2026-03-02 14:10', null, null, null, true, true, null, null, 5, null),
        (5, 1, 'Emergency', null, '2026-03-01 22:30', '2026-03-02 13:45', null, true, true, null, 20.0, 30, null),
        (6, 1, 'Emergency', null, '2026-03-01 23:30', '2026-03-02 01:00', null, true, true, null, 40.0, 31, null),
        (7, 1, 'ICU', null, '2026-02-23 14:00', '2026-02-24 14:00', null, true, true, null, null, 80, null),
        (8, 1, 'ICU', null, '2026-02-10 00:00', '2026-02-11 00:00', null, true, true, null, null, 81, null),
        (9, 1, 'ICU', null, '2025-10-01 00:00', '2026-02-28 00:00', null, true, true, null, null, 82, 'stay_too_long'),
        (20, 2, 'ICU', null, '2026-03-01 18:15', null, null, true, true, null, null, 60, null),
        (21, 2, 'ICU', null, '2026-03-01 18:45', '2026-03-02 10:00', null, true, true, null, null, 61, null),
        (22, 2, 'unmapped', null, '2026-03-02 08:00', null, null, true, true, null, null, 62, 'unknown_department')
    ) as visits(number, hospital_id, department, arrival, admission, ended, expected, is_first, is_last, next_department, minutes, age, flags);
    insert into gold.bed_stay (bed_stay_key, journey_key, hospital_id, department, room, bed_id, admission_time, discharge_time) values
        (1, 1, 1, 'ICU', 'R1', 'A', '2026-02-20 10:00', null), (2, 2, 1, 'ICU', 'R1', 'B', '2026-03-02 14:00', null),
        (3, 3, 1, 'ICU', 'R1', 'B', '2026-03-02 09:00', null), (7, 7, 1, 'ICU', 'R2', 'C', '2026-02-23 14:00', '2026-02-24 14:00'),
        (5, 5, 1, 'Emergency', null, 'E1', '2026-03-01 22:30', '2026-03-02 13:45'), (6, 6, 1, 'Emergency', null, 'E2', '2026-03-01 23:30', '2026-03-02 01:00'),
        (61, 61, 1, 'Emergency', null, 'E2', '2026-03-02 02:00', '2026-03-02 03:00');
    """

  private static let rest = """
    insert into gold.quality_hourly (rule, hospital_id, hour_at, records) values
        ('malformed_json', 0, '2026-03-02 14:00', 3), ('unknown_department', 2, '2026-03-02 08:00', 1), ('malformed_json', 0, '2026-01-01 00:00', 50);
    insert into gold.drift (shape, field, records, first_seen_at, last_seen_at) values ('stay', 'triage_level', 4, '2026-03-01 10:00', '2026-03-02 10:00');
    insert into silver.quarantine (hub_partition, hub_offset, enqueued_at, rule) values
        (0, 1, '2026-03-02 14:05:00', 'malformed_json'), (0, 2, '2026-03-02 14:06:00', 'malformed_json'), (1, 1, '2026-01-01 00:00:00', 'invalid_utf8');
    insert into bronze.event (hub_partition, hub_offset, enqueued_at, body) values (0, 1, '2026-03-02 14:05:00', '{"patient_id":"SECRET-4711"'::blob);
    insert into silver.stay_record (hub_partition, hub_offset, enqueued_at, hospital_id) values (0, 3, '2026-03-02 14:07:00', 1), (0, 4, '2026-03-02 14:08:00', 2);
    insert into gold.clock (now, is_simulated, batch, committed_at) values ('\(now)', true, 42, '\(committed)');
    """
}
