internal import DuckDB
internal import Journeys

/// Writes the rows that belong to no journey, column by column in the order of models/TABLES.sql.
enum GoldWriter {
  fileprivate static let text = ChunkAppender.ElementType.text
  fileprivate static let instant = ChunkAppender.ElementType.timestamp

  static func write(_ rows: [PatientVersion], into table: String, _ connection: Connection) throws(DuckDBError) {
    if rows.isEmpty { return }
    let to = try connection.appender(
      schema: String(table.prefix { $0 != "." }), table: StoreLayout.bare(table),
      types: [.bigint, text, .bigint, text, .integer, text, instant, instant, .boolean])
    for row in rows {
      to.setBigint(0, PatientKey.of(row))
      to.setText(1, row.patientID)
      to.setBigint(2, row.patientKeyHash)
      to.setText(3, row.gender)
      to.setOptionalInteger(4, row.birthYear)
      to.setText(5, row.ageBand)
      to.setBigint(6, row.effectiveFrom)
      to.setBigint(7, row.effectiveTo)
      to.setBoolean(8, row.isCurrent)
      try to.endRow()
    }
    try to.finish()
  }
}

extension GoldWriter {
  /// What the hourly flow moves by.
  static func write(_ flow: HourlyFlow, _ connection: Connection) throws(DuckDBError) {
    let to = try connection.appender(
      schema: "delta", table: "fact_flow_hourly", types: [.integer, text, instant, .bigint, .bigint, .bigint, .bigint, .bigint, .bigint])
    for (key, sums) in flow.sums where !sums.isZero {
      to.setInteger(0, key.hospitalID)
      to.setText(1, key.department)
      to.setBigint(2, key.hourAt)
      to.setBigint(3, sums.admissions)
      to.setBigint(4, sums.discharges)
      to.setBigint(5, sums.transfersIn)
      to.setBigint(6, sums.transfersOut)
      to.setBigint(7, sums.netChange)
      to.setBigint(8, sums.patientSeconds)
      try to.endRow()
    }
    try to.finish()
  }

  /// What the findings by hour move by.
  static func write(_ findings: QualityFindings, _ connection: Connection) throws(DuckDBError) {
    let to = try connection.appender(schema: "delta", table: "quality_hourly", types: [text, .integer, instant, .bigint])
    for (key, count) in findings.counts where count != 0 {
      to.setText(0, key.rule)
      to.setInteger(1, key.hospitalID)
      to.setBigint(2, key.hourAt)
      to.setBigint(3, count)
      try to.endRow()
    }
    try to.finish()
  }

  static func write(_ rows: [SilverBatch.Quarantined], _ connection: Connection) throws(DuckDBError) {
    if rows.isEmpty { return }
    let to = try connection.appender(schema: "silver", table: "quarantine", types: [.integer, .bigint, instant, .integer, text])
    for row in rows {
      to.setInteger(0, row.hubPartition)
      to.setBigint(1, row.hubOffset)
      to.setBigint(2, row.enqueuedAt)
      to.setOptionalInteger(3, row.hospitalID)
      to.setText(4, row.rule)
      try to.endRow()
    }
    try to.finish()
  }

  /// Fields that no schema declares.
  static func write(_ drift: [SilverBatch.DriftKey: SilverBatch.Drift], _ connection: Connection) throws(DuckDBError) {
    if drift.isEmpty { return }
    let to = try connection.appender(schema: "delta", table: "drift", types: [text, text, .bigint, instant, instant])
    for (key, seen) in drift {
      to.setText(0, key.shape.rawValue)
      to.setText(1, key.field)
      to.setBigint(2, seen.records)
      to.setBigint(3, seen.firstSeenAt)
      to.setBigint(4, seen.lastSeenAt)
      try to.endRow()
    }
    try to.finish()
  }
}
