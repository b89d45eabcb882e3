internal import CDuckDB

/// A connection with its own transaction.
///
/// Calls block; keep them off the cooperative pool (``ConnectionPool`` or a thread of your own). One thread at a time:
/// the caller sees to that. Only ``interrupt()`` may be called from another thread at any time.
public final class Connection: @unchecked Sendable {
  // DuckDB serialises use of a connection internally; Sendable lets a connection move to the one thread that owns it.
  let handle: duckdb_connection
  // Keeps the database open as long as one of its connections lives.
  private let database: Database

  init(handle: duckdb_connection, database: Database) {
    self.handle = handle
    self.database = database
  }

  deinit {
    var handle: duckdb_connection? = handle
    duckdb_disconnect(&handle)
  }

  /// Runs one or more statements without parameters and drops their answers.
  /// - Returns: the rows changed by the last statement.
  @discardableResult
  public func execute(_ sql: String) throws(DuckDBError) -> Int {
    var result = duckdb_result()
    defer { duckdb_destroy_result(&result) }
    guard duckdb_query(handle, sql, &result) == DuckDBSuccess else { throw Self.failure(&result) }
    return Int(duckdb_rows_changed(&result))
  }

  /// Runs one statement and holds its whole answer.
  public func query(_ sql: String, _ parameters: [Value] = []) throws(DuckDBError) -> QueryResult {
    try prepare(sql).query(parameters)
  }

  /// Prepares the one statement of `sql`. A prepared statement keeps its plan as long as no table changes its shape.
  public func prepare(_ sql: String) throws(DuckDBError) -> PreparedStatement {
    try PreparedStatement(sql, on: self)
  }

  /// Appends rows chunk by chunk; the fastest way in. Inside a transaction the rows become visible at its commit.
  public func appender(schema: String?, table: String, types: [ChunkAppender.ElementType]) throws(DuckDBError) -> ChunkAppender {
    try ChunkAppender(connection: self, schema: schema, table: table, types: types)
  }

  /// Runs `body` in a transaction: committed if it returns, rolled back if it throws.
  public func transaction<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws -> Result {
    try execute("BEGIN TRANSACTION")
    do {
      let result = try body()
      try execute("COMMIT")
      return result
    } catch {
      // A statement that failed inside COMMIT has ended the transaction itself; the first error is the one that tells.
      _ = try? execute("ROLLBACK")
      throw error
    }
  }

  /// Stops the statement that runs now; it fails with `interrupted`. Safe from any thread.
  public func interrupt() { duckdb_interrupt(handle) }

  static func failure(_ result: inout duckdb_result) -> DuckDBError {
    let text = duckdb_result_error(&result).map { String(cString: $0) } ?? "unknown reason"
    let interrupted = text.hasPrefix("INTERRUPT")
    return DuckDBError(interrupted ? .interrupted : .execute, text)
  }
}
