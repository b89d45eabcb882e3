internal import DuckDB
internal import Journeys

/// Writes the rows of journeys to the hot or to the cold tables, column by column in the order of models/TABLES.sql.
///
/// A table's appender is opened with its first row; ``finish()`` hands everything over.
final class JourneyWriter {
  static let text = ChunkAppender.ElementType.text
  static let instant = ChunkAppender.ElementType.timestamp

  private let connection: Connection
  private let schema: String?
  private let prefix: String
  private var appenders: [String: ChunkAppender] = [:]

  /// - Parameters:
  ///   - schema: `hot` or `cold`; `nil` for the temporary tables.
  ///   - prefix: what the names of the tables begin with.
  init(_ connection: Connection, schema: String?, prefix: String = "") {
    self.connection = connection
    self.schema = schema
    self.prefix = prefix
  }

  func appender(_ table: String, _ types: @autoclosure () -> [ChunkAppender.ElementType]) throws(DuckDBError) -> ChunkAppender {
    if let known = appenders[table] { return known }
    let fresh = try connection.appender(schema: schema, table: prefix + table, types: types())
    appenders[table] = fresh
    return fresh
  }

  /// Hands over what was written. No more rows can be written then.
  func finish() throws(DuckDBError) {
    for appender in appenders.values { try appender.finish() }
    appenders = [:]
  }

  func write(_ rows: some Collection<SilverStayRecord>) throws(DuckDBError) {
    if rows.isEmpty { return }
    let to = try appender(
      "stay_record",
      [
        .integer, .bigint, Self.instant, .bigint, .bigint, .bigint, .bigint, Self.text, .boolean, Self.text, .bigint, .integer, Self.text, Self.text,
        Self.text, .integer, Self.instant, .boolean, Self.instant, Self.instant, .double, Self.text,
      ])
    for row in rows {
      to.setInteger(0, row.hubPartition)
      to.setBigint(1, row.hubOffset)
      to.setBigint(2, row.enqueuedAt)
      to.setBigint(3, row.contentHash)
      to.setOptionalBigint(4, row.eventKey)
      to.setBigint(5, row.journeyKey)
      to.setBigint(6, row.encounterKey)
      to.setText(7, row.encounterID)
      to.setBoolean(8, row.hasEncounterID)
      to.setText(9, row.patientID)
      to.setBigint(10, row.patientKeyHash)
      to.setInteger(11, row.hospitalID)
      to.setOptionalText(12, row.department)
      to.setOptionalText(13, row.bedID)
      to.setOptionalText(14, row.gender)
      to.setOptionalInteger(15, row.age)
      to.setBigint(16, row.recordedAt)
      to.setBoolean(17, row.hasEventTime)
      to.setBigint(18, row.admissionTime)
      to.setOptionalBigint(19, row.dischargeTime)
      to.setOptionalDouble(20, row.waitMinutes)
      to.setOptionalText(21, row.flags)
      try to.endRow()
    }
  }

  func write(_ rows: some Collection<SilverMovementRecord>) throws(DuckDBError) {
    if rows.isEmpty { return }
    let to = try appender(
      "movement_record",
      [
        .integer, .bigint, Self.instant, .bigint, .bigint, .bigint, .bigint, .bigint, Self.text, Self.text, .bigint, .integer, Self.text, Self.text,
        Self.instant, Self.instant, Self.text, Self.text, Self.text, Self.text, .integer, .integer, Self.instant, Self.instant, Self.instant,
        Self.text, Self.text,
      ])
    for row in rows {
      to.setInteger(0, row.hubPartition)
      to.setBigint(1, row.hubOffset)
      to.setBigint(2, row.enqueuedAt)
      to.setBigint(3, row.contentHash)
      to.setOptionalBigint(4, row.eventKey)
      to.setOptionalBigint(5, row.cancelsEventKey)
      to.setBigint(6, row.journeyKey)
      to.setBigint(7, row.encounterKey)
      to.setText(8, row.encounterID)
      to.setText(9, row.patientID)
      to.setBigint(10, row.patientKeyHash)
      to.setInteger(11, row.hospitalID)
      to.setText(12, row.isCancellation ? "cancel_\(row.type.name)" : row.type.name)
      to.setOptionalText(13, row.encounterClass)
      to.setBigint(14, row.occurredAt)
      to.setBigint(15, row.recordedAt)
      to.setOptionalText(16, row.department)
      to.setOptionalText(17, row.room)
      to.setOptionalText(18, row.bedID)
      to.setOptionalText(19, row.gender)
      to.setOptionalInteger(20, row.age)
      to.setOptionalInteger(21, row.birthYear)
      to.setOptionalBigint(22, row.seenAt)
      to.setOptionalBigint(23, row.admitDecisionAt)
      to.setOptionalBigint(24, row.expectedDischargeTime)
      to.setOptionalText(25, row.disposition)
      to.setOptionalText(26, row.flags)
      try to.endRow()
    }
  }
}
