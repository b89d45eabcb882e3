internal import DuckDB

/// What ``CompiledRestatement`` asks of the store, each planned once and anew when tables have grown.
final class CompiledStatements {
  private let connection: Connection
  private var prepared: [String: PreparedStatement] = [:]

  init(_ connection: Connection) throws(DuckDBError) { self.connection = connection }

  func replan() { prepared = [:] }

  private func statement(_ sql: String) throws(DuckDBError) -> PreparedStatement {
    if let known = prepared[sql] { return known }
    let fresh = try connection.prepare(sql)
    prepared[sql] = fresh
    return fresh
  }

  private static let touched = "where journey_key in (select journey_key from touched_journey)"

  var stays: PreparedStatement { get throws(DuckDBError) { try statement(SilverRecords.staySelect) } }
  var movements: PreparedStatement { get throws(DuckDBError) { try statement(SilverRecords.movementSelect) } }

  /// Deletes and tells what was there.
  var takeMovements: PreparedStatement {
    get throws(DuckDBError) {
      try statement("delete from hot.movement \(Self.touched) returning patient_key_hash, hospital_id, enqueued_at, flags, place_no, duplicates")
    }
  }

  var takeFacts: PreparedStatement {
    get throws(DuckDBError) {
      try statement(
        """
        delete from hot.fact_patient_flow \(Self.touched)
        returning hospital_id, department, admission_time, discharge_time, is_first_visit, is_last_visit, flags, enqueued_at
        """)
    }
  }

  var deleteBedStays: PreparedStatement { get throws(DuckDBError) { try statement("delete from hot.bed_stay \(Self.touched)") } }
  var emptyTouched: PreparedStatement { get throws(DuckDBError) { try statement("truncate touched_journey") } }

  private static func observations(_ table: String) -> String {
    """
    select patient_key_hash, patient_id, occurred_at, recorded_at, content_hash, gender, age, birth_year from \(table)
    where patient_key_hash in (select patient_key_hash from touched_patient)
      and journey_key not in (select journey_key from touched_journey)
      and not is_cancelled and (place_no is not null or gender is not null or age is not null or birth_year is not null)
    """
  }

  /// What the other journeys of the touched patients say of them.
  var hotObservations: PreparedStatement { get throws(DuckDBError) { try statement(Self.observations("hot.movement")) } }
  var allObservations: PreparedStatement { get throws(DuckDBError) { try statement(Self.observations("silver.movement")) } }

  var versions: PreparedStatement {
    get throws(DuckDBError) {
      try statement(
        """
        select patient_id, patient_key_hash, gender, birth_year, age_band, effective_from, effective_to from gold.dim_patient
        where patient_key_hash in (select patient_key_hash from touched_patient)
        """)
    }
  }

  var deletePatients: PreparedStatement {
    get throws(DuckDBError) {
      try statement("delete from gold.dim_patient where patient_key_hash in (select patient_key_hash from changed_patient)")
    }
  }

  var journeysOfPatients: PreparedStatement {
    get throws(DuckDBError) {
      try statement(
        """
        select distinct journey_key from gold.fact_patient_flow
        where patient_key_hash in (select patient_key_hash from changed_patient)
          and journey_key not in (select journey_key from touched_journey)
        """)
    }
  }

  var recordFlags: PreparedStatement {
    get throws(DuckDBError) {
      try statement(
        """
        select hospital_id, enqueued_at, flags from n_stay_record where flags is not null
        union all
        select hospital_id, enqueued_at, flags from n_movement_record where flags is not null
        """)
    }
  }

  var quarantined: PreparedStatement { get throws(DuckDBError) { try statement("select rule, hospital_id, enqueued_at from n_quarantine") } }
}
