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

  /// The rows of the journeys in `touched_journey`; cold ones by the numbers that ``findCold(_:)`` noted.
  private static func rows(of logical: String, _ part: StorePart) -> String {
    part == .hot ? "from \(part.table(logical)) \(touched)" : coldRows(logical)
  }

  private static func coldRows(_ logical: String) -> String {
    "from \(StoreLayout.cold(logical)) where rowid in (select row_number from cold_row_\(StoreLayout.bare(logical)))"
  }

  /// Finds the cold rows of the journeys in `touched_journey`: by the key alone, as in ``Statements/thaw()``, and once for reading and
  /// taking them. To look for one of ten million rows takes 10 to 40 ms, to fetch it by its number 4 to 9.
  func findCold(_ tables: [String]) throws(DuckDBError) {
    for logical in tables {
      try empty("cold_row_\(StoreLayout.bare(logical))").execute()
      try statement("insert into cold_row_\(StoreLayout.bare(logical)) select rowid from \(StoreLayout.cold(logical)) \(Self.touched)").execute()
    }
  }

  /// Deletes the cold rows that were found.
  func deleteCold(_ logical: String) throws(DuckDBError) -> PreparedStatement { try statement("delete \(Self.coldRows(logical))") }

  func stays(_ part: StorePart) throws(DuckDBError) -> PreparedStatement {
    try statement("\(SilverRecords.staySelect) \(Self.rows(of: "silver.stay_record", part))")
  }

  func movements(_ part: StorePart) throws(DuckDBError) -> PreparedStatement {
    try statement("\(SilverRecords.movementSelect) \(Self.rows(of: "silver.movement_record", part))")
  }

  // What was there is read before it is deleted: `delete … returning` fetches row by row, each from its block.

  func oldMovements(_ part: StorePart) throws(DuckDBError) -> PreparedStatement {
    try statement(
      "select patient_key_hash, hospital_id, enqueued_at, flags, place_no, duplicates, journey_key \(Self.rows(of: "silver.movement", part))")
  }

  func oldFacts(_ part: StorePart) throws(DuckDBError) -> PreparedStatement {
    try statement(
      """
      select hospital_id, department, admission_time, discharge_time, is_first_visit, is_last_visit, flags, enqueued_at
      \(Self.rows(of: "gold.fact_patient_flow", part))
      """)
  }

  /// Deletes the rows of the journeys in `touched_journey` from a hot table.
  func delete(_ table: String) throws(DuckDBError) -> PreparedStatement { try statement("delete from \(table) \(Self.touched)") }

  private static let observed =
    "select patient_key_hash, occurred_at, recorded_at, content_hash, gender, age, birth_year, journey_key, is_cancelled, place_no from"
  private static let ofTouchedPatients = "patient_key_hash in (select patient_key_hash from touched_patient)"

  /// What all hot movements say of the touched patients.
  var hotObservations: PreparedStatement {
    get throws(DuckDBError) { try statement("\(Self.observed) hot.movement where \(Self.ofTouchedPatients)") }
  }

  /// The same of cold ones; found by the key alone, as in ``Statements/thaw()``. A further condition would be a filter on every row
  /// (measured at 780,000 rows: 34 ms against 3).
  var coldObservations: PreparedStatement {
    get throws(DuckDBError) {
      try statement("\(Self.observed) cold.movement where rowid in (select rowid from cold.movement where \(Self.ofTouchedPatients))")
    }
  }

  var versions: PreparedStatement {
    get throws(DuckDBError) {
      try statement(
        """
        select patient_key_hash, gender, birth_year, age_band, effective_from, effective_to from gold.dim_patient
        where rowid in (select rowid from gold.dim_patient where \(Self.ofTouchedPatients))
        """)
    }
  }

  var patientIDs: PreparedStatement {
    get throws(DuckDBError) {
      try statement(
        "select patient_key_hash, patient_id from gold.dim_patient where rowid in (select rowid from gold.dim_patient where \(Self.ofTouchedPatients))"
      )
    }
  }

  var deletePatients: PreparedStatement {
    get throws(DuckDBError) {
      try statement("delete from gold.dim_patient where patient_key_hash in (select patient_key_hash from changed_patient)")
    }
  }

  private static func journeysOfPatients(_ table: String) -> String {
    """
    select distinct journey_key from \(table)
    where patient_key_hash in (select patient_key_hash from changed_patient)
      and journey_key not in (select journey_key from touched_journey)
    """
  }

  /// The other journeys of the patients in `changed_patient`.
  var hotJourneysOfPatients: PreparedStatement {
    get throws(DuckDBError) { try statement(Self.journeysOfPatients("hot.fact_patient_flow")) }
  }
  var allJourneysOfPatients: PreparedStatement {
    get throws(DuckDBError) { try statement(Self.journeysOfPatients("gold.fact_patient_flow")) }
  }

  func empty(_ table: String) throws(DuckDBError) -> PreparedStatement { try statement("truncate \(table)") }
}
