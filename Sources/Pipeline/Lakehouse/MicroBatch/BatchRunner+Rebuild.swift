internal import DuckDB

/// What can be recomputed.
public enum RebuildLayer: String, Sendable {
  /// From bronze.
  case silver
  /// From silver.
  case gold
}

extension BatchRunner {
  /// Recomputes a layer and what stands on it, in one transaction.
  /// - Returns: the journeys recomputed.
  /// - Throws: ``LakehouseError`` with `refused` if bronze no longer holds all that silver was made from.
  func rebuild(_ layer: RebuildLayer) throws -> Int {
    // What is put aside is in none of the tables that are made anew from.
    if hasPending { _ = try restatePending() }
    var journeys = 0
    try inTransaction {
      try plan.empty()
      try setSize(isLarge: true)
      if layer == .silver { try rebuildRecords() }
      for table in StoreLayout.journeyTables {
        let isRecord = table.hasSuffix("_record")
        let isKept = isRecord || (table == "silver.movement" && layer == .gold)
        if isKept { try connection.execute("insert into \(StoreLayout.hot(table)) select * from \(StoreLayout.cold(table))") }
        try connection.execute("delete from \(StoreLayout.cold(table))")
        if !isKept { try connection.execute("delete from \(StoreLayout.hot(table))") }
      }
      for table in ["gold.dim_patient", "gold.dim_time", "delta.fact_flow_hourly", "delta.quality_hourly"] {
        try connection.execute("delete from \(table)")
      }
      forgetKeys()
      known = KnownKeys()
      try perform(plan.dimensions)
      journeys = try restateAll(keepsMovements: layer == .gold)
      try connection.execute("insert into gold.dim_time by name \(try statements.select("gold.dim_time", [:]))")
      for table in StoreLayout.additiveTables {
        try connection.execute("insert into \(StoreLayout.delta(table.name)) by name \(try statements.select(table.name, [:]))")
      }
      try keepOffsetsAsRestated()
      try readKeys()
    }
    try freeze()
    return journeys
  }

  private func restateAll(keepsMovements: Bool) throws -> Int {
    if !keepsMovements {
      try connection.execute(
        "insert into touched_journey select journey_key from hot.stay_record union select journey_key from hot.movement_record")
      try perform(plan.movements)
    } else {
      try connection.execute("insert into touched_journey select distinct journey_key from hot.movement")
      try connection.execute("insert into touched_patient select distinct patient_key_hash from hot.movement")
    }
    try perform(plan.patients)
    try perform(plan.replacePatients)
    try perform(plan.facts)
    return Int(try connection.query("select count(*) from touched_journey").scalar.int64 ?? 0)
  }

  /// Parses bronze anew.
  private func rebuildRecords() throws {
    let older =
      try connection.query(
        """
        select count(*) from (select hub_partition, min(hub_offset) as first from (
          select hub_partition, hub_offset from silver.stay_record union all select hub_partition, hub_offset from silver.movement_record) r
          group by hub_partition) s
        where first < coalesce((select min(hub_offset) from bronze.event e where e.hub_partition = s.hub_partition), 9223372036854775807)
        """
      ).scalar.int64 ?? 0
    guard older == 0 else {
      throw LakehouseError(.refused, "bronze no longer holds all that silver was made from (bronze.retention); silver can't be rebuilt, gold can")
    }
    for table in ["silver.department_change", "silver.quarantine", "delta.drift"] { try connection.execute("delete from \(table)") }
    for table in StoreLayout.journeyTables where table.hasSuffix("_record") {
      try connection.execute("delete from \(StoreLayout.hot(table))")
      try connection.execute("delete from \(StoreLayout.cold(table))")
    }
    // Department changes first: whether a hospital is known does not depend on which partition was read first.
    try reparse { shape in shape == .department }
    try perform(plan.departments)
    try connection.execute("delete from parsed_department")
    try reparse { shape in shape != .department }
    try perform(plan.append)
    try connection.execute("insert into delta.drift by name \(try statements.select("gold.drift", [:]))")
    for table in ["n_stay_record", "n_movement_record", "touched_journey"] { try connection.execute("truncate \(table)") }
  }

  private func reparse(_ isTaken: (EventShape?) -> Bool) throws {
    let writer = try ParsedWriter(connection: connection, schemas: schemas, pseudonymizer: pseudonymizer)
    try connection.prepare("select hub_partition, hub_offset, enqueued_at, body from bronze.event").forEachChunk { chunk in
      for row in 0..<chunk.count {
        try writer.append(
          partition: chunk.int32(0, row), offset: chunk.int64(1, row), enqueuedAt: chunk.int64(2, row), body: chunk.bytes(3, row), where: isTaken)
      }
    }
    try writer.finish()
  }
}
