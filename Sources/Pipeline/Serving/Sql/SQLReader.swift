internal import DuckDB
internal import HTTPTypes
internal import ServiceLifecycle
internal import Synchronization

/// Runs users' statements: checked, on connections of their own, within limits of time and rows.
final class SQLReader: Sendable {
  struct Outcome: Sendable {
    let result: QueryResult
    let isTruncated: Bool
  }

  static let longestStatement = 65_536

  private let pool: ConnectionPool
  private let configuration: ServingConfiguration
  private let catalog = Mutex<(functions: Set<String>, relations: Set<String>)?>(nil)

  /// - Parameter pool: small, and not the dashboard's, so that a long query holds up nobody else.
  init(pool: ConnectionPool, configuration: ServingConfiguration) {
    self.pool = pool
    self.configuration = configuration
  }

  func run(_ sql: String, rights: AccessToken.Rights, rowLimit: Int?) async throws -> Outcome {
    let limit = max(0, min(rowLimit ?? configuration.sqlRowLimit, configuration.sqlRowLimit))
    return try await withStatement(sql, rights, rows: limit + 1) { statement in
      let (result, isTruncated) = try statement.query([], limit: limit)
      return Outcome(result: result, isTruncated: isTruncated)
    }
  }

  /// Writes an answer of any length, some rows at a time; none of them is held here.
  /// - Parameters:
  ///   - rowLimit: most rows; `nil` for all.
  ///   - text: used on a thread of the pool, which it may block.
  func write(_ sql: String, rights: AccessToken.Rights, rowLimit: Int?, to text: SQLText) async throws {
    try await withStatement(sql, rights, rows: rowLimit.map { max(0, $0) }) { statement in
      try statement.stream { columns, rows in
        try text.add(columns, rows)
        return true
      }
      try text.end()
    }
  }

  var timeLimit: Duration { configuration.sqlTimeLimit }

  /// Checks a statement and prepares it inside a transaction that reads.
  private func withStatement<Result: Sendable>(
    _ sql: String, _ rights: AccessToken.Rights, rows: Int?, _ body: @escaping @Sendable (PreparedStatement) throws -> Result
  ) async throws -> Result {
    guard sql.utf8.count <= Self.longestStatement else { throw SQLRefusal.tooLong }
    let statement = Statement(sql)
    do {
      // A stop waits for nobody's statement.
      return try await cancelWhenGracefulShutdown { [self] in
        try await pool.withConnection(timeLimit: configuration.sqlTimeLimit) { [self] connection in
          try run(statement, rights, rows: rows, on: connection, body)
        }
      }
    } catch let error as DuckDBError {
      if error.code == .interrupted, Task.isShuttingDownGracefully { throw SQLRefusal.stopping }
      throw Self.refusal(error, limit: configuration.sqlTimeLimit)
    }
  }

  private func run<Result>(
    _ statement: Statement, _ rights: AccessToken.Rights, rows: Int?, on connection: Connection, _ body: (PreparedStatement) throws -> Result
  ) throws -> Result {
    let known = try known(on: connection)
    let gate = SelectGuard(functions: known.functions, relations: known.relations, mayReadRestricted: rights.contains(.restricted))
    // What is checked is what is run; the bare text first, so that brackets cannot be closed and opened again.
    try gate.check(statement.select, on: connection)
    let wrapped = statement.limited(to: rows)
    try gate.check(wrapped, on: connection)
    // Names without a schema are gold's.
    try connection.execute("SET schema = 'gold'")
    // A transaction that is always rolled back: a second lock, should a writing function ever slip through.
    try connection.execute("BEGIN TRANSACTION READ ONLY")
    defer { _ = try? connection.execute("ROLLBACK") }
    return try body(try connection.prepare(statement.isExplained ? statement.explanation(of: statement.select) : wrapped))
  }

  /// DuckDB's text quotes the caller's own statement, and goes back to the caller alone.
  private static func refusal(_ error: DuckDBError, limit: Duration) -> SQLRefusal {
    switch error.code {
    case .interrupted:
      SQLRefusal(
        "Stopped", "The statement ran longer than \(limit.components.seconds) s (sql.time_limit) and was stopped.", status: .serviceUnavailable)
    case .bind: SQLRefusal("Parameters", "The statement has parameters; write the values instead.")
    case .unsupportedType: SQLRefusal("Type", error.message)
    default: SQLRefusal("The statement failed", error.message)
    }
  }

  private func known(on connection: Connection) throws -> (functions: Set<String>, relations: Set<String>) {
    if let known = catalog.withLock({ $0 }) { return known }
    let asked = (functions: try SelectGuard.functions(on: connection), relations: try SelectGuard.relations(on: connection))
    catalog.withLock { $0 = asked }
    return asked
  }

  /// A statement without its last semicolon, and whether it asks for a plan only.
  struct Statement {
    let select: String
    let isExplained: Bool
    private let prefix: String

    init(_ sql: String) {
      var text = Substring(sql)
      func isBlank(_ character: Character) -> Bool { character.isWhitespace || character == ";" }
      while let last = text.last, isBlank(last) { text.removeLast() }
      text = text.drop { $0.isWhitespace }
      let words = text.prefix(400).split(maxSplits: 2, whereSeparator: \.isWhitespace).map { $0.lowercased() }
      var prefix = ""
      if words.first == "explain" {
        text = text.dropFirst(7)
        prefix = "EXPLAIN "
        if words.count > 1, words[1] == "analyze" {
          text = text.drop { $0.isWhitespace }.dropFirst(7)
          prefix = "EXPLAIN ANALYZE "
        }
      }
      select = String(text)
      isExplained = !prefix.isEmpty
      self.prefix = prefix
    }

    /// The line ends keep a comment at the end of the text from swallowing what follows.
    func limited(to rows: Int?) -> String { "SELECT * FROM (\n\(select)\n) AS answer" + (rows.map { " LIMIT \($0)" } ?? "") }

    func explanation(of select: String) -> String { prefix + select }
  }
}
