internal import CDuckDB

/// A statement whose plan is made once. Parameters are `?` or `$1`, bound by position.
public final class PreparedStatement: @unchecked Sendable {
  // Used only by the thread that uses its connection, see Connection.
  private var handle: duckdb_prepared_statement?
  private let connection: Connection

  init(_ sql: String, on connection: Connection) throws(DuckDBError) {
    self.connection = connection
    var statement: duckdb_prepared_statement?
    guard duckdb_prepare(connection.handle, sql, &statement) == DuckDBSuccess else {
      let text = duckdb_prepare_error(statement).map { String(cString: $0) } ?? "unknown reason"
      duckdb_destroy_prepare(&statement)
      throw DuckDBError(.prepare, text)
    }
    handle = statement
  }

  deinit { duckdb_destroy_prepare(&handle) }

  /// Runs the statement and drops its answer.
  /// - Returns: rows changed.
  @discardableResult
  public func execute(_ parameters: [Value] = []) throws(DuckDBError) -> Int {
    try bind(parameters)
    var result = duckdb_result()
    defer { duckdb_destroy_result(&result) }
    guard duckdb_execute_prepared(handle, &result) == DuckDBSuccess else { throw Connection.failure(&result) }
    return Int(duckdb_rows_changed(&result))
  }

  /// Runs the statement and holds its whole answer.
  public func query(_ parameters: [Value] = []) throws(DuckDBError) -> QueryResult {
    try bind(parameters)
    var result = duckdb_result()
    defer { duckdb_destroy_result(&result) }
    guard duckdb_execute_prepared(handle, &result) == DuckDBSuccess else { throw Connection.failure(&result) }
    return try ResultReader.read(&result, limit: nil).result
  }

  /// Runs the statement and holds at most `limit` rows.
  /// - Returns: the rows, and whether there were more.
  public func query(_ parameters: [Value] = [], limit: Int) throws(DuckDBError) -> (result: QueryResult, isTruncated: Bool) {
    try bind(parameters)
    var result = duckdb_result()
    defer { duckdb_destroy_result(&result) }
    guard duckdb_execute_prepared(handle, &result) == DuckDBSuccess else { throw Connection.failure(&result) }
    return try ResultReader.read(&result, limit: limit)
  }

  /// Runs the statement and hands its answer over piece by piece while it is made, so that none of it is held longer than `body` holds it.
  /// - Parameter body: given the columns and some rows, at first none; returns whether it wants more.
  public func stream(_ parameters: [Value] = [], _ body: ([QueryResult.Column], [[Value]]) throws -> Bool) throws {
    try withStreamedResult(parameters) { try ResultReader.stream(&$0, body) }
  }

  /// Like ``forEachChunk(_:_:)``, for answers that are too large to be held: chunks are handed over while they are made.
  public func streamChunks(_ parameters: [Value] = [], _ body: (borrowing ChunkView) throws -> Void) throws {
    try withStreamedResult(parameters) { result in
      try Self.forEachChunk(of: &result, body)
      // The end of the rows and a failure in the middle of them look alike until one asks.
      if let text = duckdb_result_error(&result), text.pointee != 0 { throw Connection.failure(&result) }
    }
  }

  private func withStreamedResult(_ parameters: [Value], _ body: (inout duckdb_result) throws -> Void) throws {
    try bind(parameters)
    var pending: duckdb_pending_result?
    defer { duckdb_destroy_pending(&pending) }
    guard duckdb_pending_prepared_streaming(handle, &pending) == DuckDBSuccess else {
      throw DuckDBError(.execute, duckdb_pending_error(pending).map { String(cString: $0) } ?? "unknown reason")
    }
    var result = duckdb_result()
    defer { duckdb_destroy_result(&result) }
    guard duckdb_execute_pending(pending, &result) == DuckDBSuccess else { throw Connection.failure(&result) }
    try body(&result)
  }

  /// Runs the statement and hands its answer over chunk by chunk, read in place.
  public func forEachChunk(_ parameters: [Value] = [], _ body: (borrowing ChunkView) throws -> Void) throws {
    try bind(parameters)
    var result = duckdb_result()
    defer { duckdb_destroy_result(&result) }
    guard duckdb_execute_prepared(handle, &result) == DuckDBSuccess else { throw Connection.failure(&result) }
    try Self.forEachChunk(of: &result, body)
  }

  private static func forEachChunk(of result: inout duckdb_result, _ body: (borrowing ChunkView) throws -> Void) throws {
    let width = Int(duckdb_column_count(&result))
    while let chunk = duckdb_fetch_chunk(result) {
      var owned: duckdb_data_chunk? = chunk
      defer { duckdb_destroy_data_chunk(&owned) }
      let view = ChunkView(chunk, width: width)
      if view.count == 0 { break }
      try body(view)
    }
  }

  /// Runs the statement and gives its first column, BIGINT without NULL, to `body`.
  public func forEachInt64(_ parameters: [Value] = [], _ body: (Int64) -> Void) throws {
    try forEachChunk(parameters) { chunk in for row in 0..<chunk.count { body(chunk.int64(0, row)) } }
  }

  private func bind(_ parameters: [Value]) throws(DuckDBError) {
    guard Int(duckdb_nparams(handle)) == parameters.count else {
      throw DuckDBError(.bind, "the statement takes \(duckdb_nparams(handle)) parameters, \(parameters.count) were given")
    }
    for (index, value) in parameters.enumerated() {
      guard bindOne(value, at: idx_t(index + 1)) == DuckDBSuccess else {
        throw DuckDBError(.bind, "parameter \(index + 1) was refused")
      }
    }
  }

  private func bindOne(_ value: Value, at position: idx_t) -> duckdb_state {
    switch value {
    case .null: duckdb_bind_null(handle, position)
    case .boolean(let flag): duckdb_bind_boolean(handle, position, flag)
    case .integer(let number): duckdb_bind_int64(handle, position, number)
    case .double(let number): duckdb_bind_double(handle, position, number)
    case .timestamp(let micros), .timestampWithZone(let micros):
      duckdb_bind_timestamp(handle, position, duckdb_timestamp(micros: micros))
    case .date(let days): duckdb_bind_date(handle, position, duckdb_date(days: days))
    case .blob(let bytes): bytes.withUnsafeBytes { duckdb_bind_blob(handle, position, $0.baseAddress, idx_t($0.count)) }
    case .text(let text), .number(let text):
      text.utf8CString.withUnsafeBufferPointer {
        duckdb_bind_varchar_length(handle, position, $0.baseAddress, idx_t($0.count - 1))
      }
    // Lists and structures come out of DuckDB; nothing of ours binds them.
    case .list, .structure: duckdb_state(rawValue: 1)
    }
  }
}
