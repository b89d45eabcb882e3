internal import DuckDB

/// The temporary tables of the writer connection: what a batch brings in (`parsed_*`), what it appends (`n_*`), what
/// it restates (`b_*`), what that replaces (`o_*`) and which keys it touches.
///
/// They are made once and emptied between batches, so that prepared statements keep their plans.
enum StagingTables {
  static func make(_ connection: Connection, schemas: [EventSchema]) throws {
    try makeKeys(connection)
    for schema in schemas {
      let columns = schema.columns.map { "\"\($0.name)\" \($0.type.rawValue)" }.joined(separator: ", ")
      try connection.execute("create or replace temp table parsed_\(schema.shape.rawValue) (\(columns))")
    }
    try connection.execute(
      """
      create or replace temp table parsed_rejected (hub_partition integer, hub_offset bigint, enqueued_at timestamp, rule varchar);
      create or replace temp table staged_event (hub_partition integer, hub_offset bigint, enqueued_at timestamp, body blob);
      create or replace temp table touched_patient (patient_key_hash bigint);
      create or replace temp table changed_patient (patient_key_hash bigint);
      create or replace temp table thawed_journey (journey_key bigint);
      create or replace temp table thawed_row (row_number bigint);
      create or replace temp table frozen_journey (journey_key bigint);
      create or replace temp table n_stay_record as from hot.stay_record limit 0;
      create or replace temp table n_movement_record as from hot.movement_record limit 0;
      create or replace temp table n_department_change as from silver.department_change limit 0;
      create or replace temp table o_dim_hospital as from gold.dim_hospital limit 0;
      create or replace temp table o_dim_department as from gold.dim_department limit 0;
      create or replace temp table moved_department (hospital_id integer, name_key varchar, moved_at timestamp, is_renamed boolean);
      create or replace temp table n_quarantine as from silver.quarantine limit 0;
      create or replace temp table t_stay_record as from hot.stay_record limit 0;
      create or replace temp table t_movement_record as from hot.movement_record limit 0;
      create or replace temp table t_movement as from hot.movement limit 0;
      create or replace temp table t_patient_movement as from hot.movement limit 0;
      create or replace temp table b_movement as from hot.movement limit 0;
      create or replace temp table o_movement as from hot.movement limit 0;
      create or replace temp table b_fact_patient_flow as from hot.fact_patient_flow limit 0;
      create or replace temp table o_fact_patient_flow as from hot.fact_patient_flow limit 0;
      create or replace temp table b_bed_stay as from hot.bed_stay limit 0;
      create or replace temp table b_dim_patient as from gold.dim_patient limit 0;
      create or replace temp table o_dim_patient as from gold.dim_patient limit 0;
      """)
  }

  /// The tables that ``CompiledStatements`` looks for journeys by.
  static func makeKeys(_ connection: Connection) throws(DuckDBError) {
    try connection.execute("create or replace temp table touched_journey (journey_key bigint)")
    for table in StoreLayout.journeyTables {
      try connection.execute("create or replace temp table cold_row_\(StoreLayout.bare(table)) (row_number bigint)")
    }
  }

  /// Emptied at the start of each batch.
  static let all = [
    "parsed_stay", "parsed_movement", "parsed_department", "parsed_rejected", "staged_event", "touched_journey", "touched_patient",
    "changed_patient", "thawed_journey", "n_stay_record", "n_movement_record", "n_quarantine", "n_department_change", "t_stay_record",
    "t_movement_record", "t_movement", "t_patient_movement", "b_movement", "o_movement",
    "b_fact_patient_flow", "o_fact_patient_flow", "b_bed_stay", "b_dim_patient", "o_dim_patient", "o_dim_hospital", "o_dim_department",
    "moved_department",
  ]
}
