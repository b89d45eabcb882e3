internal import DuckDB
internal import HTTPTypes
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
  private let functions = Mutex<Set<String>?>(nil)

  /// - Parameter pool: small, and not the dashboard's, so that a long query holds up nobody else.
  init(pool: ConnectionPool, configuration: ServingConfiguration) {
    self.pool = pool
    self.configuration = configuration
  }

  func run(_ sql: String, rights: AccessToken.Rights, rowLimit: Int?) async throws -> Outcome {
    guard sql.utf8.count <= Self.longestStatement else { throw SQLRefusal.tooLong }
    let limit = max(0, min(rowLimit ?? configuration.sqlRowLimit, configuration.sqlRowLimit))
    let statement = Statement(sql)
    do {
      return try await pool.withConnection(timeLimit: configuration.sqlTimeLimit) { [self] connection in
        let gate = SelectGuard(functions: try knownFunctions(on: connection), mayReadRestricted: rights.contains(.restricted))
        // What is checked is what is run; the bare text first, so that brackets cannot be closed and opened again.
        try gate.check(statement.select, on: connection)
        let wrapped = statement.limited(to: limit + 1)
        try gate.check(wrapped, on: connection)
        // A transaction that is always rolled back: a second lock, should a writing function ever slip through.
        try connection.execute("BEGIN TRANSACTION READ ONLY")
        defer { _ = try? connection.execute("ROLLBACK") }
        let prepared = try connection.prepare(statement.isExplained ? statement.explanation(of: statement.select) : wrapped)
        let (result, isTruncated) = try prepared.query([], limit: limit)
        return Outcome(result: result, isTruncated: isTruncated)
      }
    } catch let error as DuckDBError {
      throw Self.refusal(error, limit: configuration.sqlTimeLimit)
    }
  }

  /// DuckDB's text quotes the caller's own statement, and goes back to the caller alone.
  private static func refusal(_ error: DuckDBError, limit: Duration) -> SQLRefusal {
    switch error.code {
    case .interrupted:
      SQLRefusal("Stopped", "The statement ran longer than \(limit.components.seconds) s and was stopped.", status: .serviceUnavailable)
    case .bind: SQLRefusal("Parameters", "The statement has parameters; write the values instead.")
    case .unsupportedType: SQLRefusal("Type", error.message)
    default: SQLRefusal("The statement failed", error.message)
    }
  }

  private func knownFunctions(on connection: Connection) throws -> Set<String> {
    if let known = functions.withLock({ $0 }) { return known }
    let asked = try SelectGuard.functions(on: connection)
    functions.withLock { $0 = asked }
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
    func limited(to rows: Int) -> String { "SELECT * FROM (\n\(select)\n) AS answer LIMIT \(rows)" }

    func explanation(of select: String) -> String { prefix + select }
  }
}
