package import DuckDB

/// Parses hub records and appends them to the staging tables `parsed_*` of one connection, for the models to go on with.
package final class ParsedWriter {
  private let reader: RecordReader
  private var appenders: [EventShape: ChunkAppender] = [:]
  private let rejected: ChunkAppender

  /// How many rows went to the staging table of rejected records since the writer was made.
  package private(set) var rejectedCount = 0

  /// How many rows went to each staging table since the writer was made.
  package private(set) var counts: [EventShape: Int] = [:]

  package init(connection: Connection, schemas: [EventSchema], pseudonymizer: Pseudonymizer) throws {
    reader = try RecordReader(schemas: schemas, pseudonymizer: pseudonymizer)
    for schema in schemas {
      appenders[schema.shape] = try connection.appender(
        schema: nil, table: "parsed_\(schema.shape.rawValue)", types: schema.columns.map(\.type.element))
    }
    rejected = try connection.appender(schema: nil, table: "parsed_rejected", types: [.integer, .bigint, .timestamp, .text])
  }

  /// What makes the staging table of a shape, for tests and tools that have no batch runner.
  package static func createTable(_ schema: EventSchema) -> String {
    let columns = schema.columns.map { "\($0.name) \($0.type.rawValue)" }.joined(separator: ", ")
    return "create or replace temp table parsed_\(schema.shape.rawValue) (\(columns))"
  }

  package static let createRejectedTable =
    "create or replace temp table parsed_rejected (hub_partition integer, hub_offset bigint, enqueued_at timestamp, rule varchar)"

  /// Parses one record into its staging table.
  /// - Parameter isTaken: which shapes (`nil`: a rejected record) are wanted; the rest is passed over.
  package func append(
    partition: Int32, offset: Int64, enqueuedAt: Int64, body: UnsafeRawBufferPointer, where isTaken: (EventShape?) -> Bool = { _ in true }
  ) throws(DuckDBError) {
    switch reader.read(partition: partition, offset: offset, enqueuedAt: enqueuedAt, body: body, where: isTaken) {
    case nil: return
    case .rejected(let rule):
      rejected.setInteger(0, partition)
      rejected.setBigint(1, offset)
      rejected.setBigint(2, enqueuedAt)
      rejected.setText(3, rule)
      try rejected.endRow()
      rejectedCount += 1
    case .row(let row):
      guard let appender = appenders[row.shape] else { return }
      counts[row.shape, default: 0] += 1
      for (column, definition) in row.columns.enumerated() { write(row, column, definition.type, to: appender) }
      try appender.endRow()
    }
  }

  private func write(_ row: ParsedRow, _ column: Int, _ type: ParsedColumnType, to appender: ChunkAppender) {
    switch type {
    case .integer, .date: appender.setOptionalInteger(column, row.integer(column))
    case .bigint, .timestamp: appender.setOptionalBigint(column, row.number(column))
    case .double: appender.setOptionalDouble(column, row.double(column))
    case .boolean: if row.isNull(column) { appender.setNull(column) } else { appender.setBoolean(column, row.boolean(column)) }
    case .text: if let bytes = row.bytes(column) { appender.setBytes(column, bytes) } else { appender.setNull(column) }
    }
  }

  /// Hands the rows over to DuckDB.
  package func finish() throws(DuckDBError) {
    for appender in appenders.values { try appender.finish() }
    try rejected.finish()
  }
}

extension ParsedColumnType {
  var element: ChunkAppender.ElementType {
    switch self {
    case .integer: .integer
    case .bigint: .bigint
    case .double: .double
    case .text: .text
    case .boolean: .boolean
    case .timestamp: .timestamp
    case .date: .date
    }
  }
}
