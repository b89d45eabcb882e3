/// Which tables the store splits, and what the logical names of models stand for.
///
/// Tables whose rows are restated by journey are kept in two parts: `hot` (open, or ended within the last days) and
/// `cold` (ended). A batch writes hot rows only; a journey that comes back becomes hot again. So the cost of a
/// batch follows the batch and not the history: a delete by random key takes 7 ms at 3 thousand rows, 77 at 10 million.
enum StoreLayout {
  /// Logical tables restated by journey_key.
  static let journeyTables = ["silver.stay_record", "silver.movement_record", "silver.movement", "gold.fact_patient_flow", "gold.bed_stay"]

  /// Those of them that hold records. The bulk path appends them to a third part, `pending`, where they lie until their journeys are restated.
  static let recordTables = ["silver.stay_record", "silver.movement_record"]

  /// Aggregates kept as the sum of signed deltas: keys and measures.
  static let additiveTables: [(name: String, keys: [String], measures: [String])] = [
    (
      "gold.fact_flow_hourly", ["hospital_id", "department", "hour_at"],
      ["admissions", "discharges", "transfers_in", "transfers_out", "net_change", "patient_seconds"]
    ),
    ("gold.quality_hourly", ["rule", "hospital_id", "hour_at"], ["records"]),
  ]

  /// Fields seen that no schema declares: counts add up, the times are the outermost.
  static let drift = "gold.drift"

  static func bare(_ logical: String) -> String { String(logical[logical.index(after: logical.firstIndex(of: ".") ?? logical.startIndex)...]) }

  /// `hot.movement` for `silver.movement`.
  static func hot(_ logical: String) -> String { "hot.\(bare(logical))" }
  static func cold(_ logical: String) -> String { "cold.\(bare(logical))" }
  static func pending(_ logical: String) -> String { "pending.\(bare(logical))" }
  static func delta(_ logical: String) -> String { "delta.\(bare(logical))" }

  /// What a view reads: the live views only ever ask for open and recent rows, which are all hot.
  static func relation(forView view: String, _ schema: String, _ table: String) -> String? {
    let logical = "\(schema).\(table)"
    guard view.hasSuffix("_live"), journeyTables.contains(logical) else { return nil }
    return hot(logical)
  }
}
