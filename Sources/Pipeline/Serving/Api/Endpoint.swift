internal import DuckDB

/// One address of the API: what it takes and how its answer is made.
struct Endpoint: Sendable {
  /// The last part of the path under `/api/v1/`.
  let name: String
  let parameters: Set<Filter.Parameter>
  /// The lists that can be had as CSV; the first is the default.
  let tables: [String]
  /// An answer younger than this is given again although a newer commit exists.
  let refresh: Duration
  let hasSpan: Bool
  let hasFilters: Bool
  let answer: @Sendable (Question) throws -> [AnswerPart]

  init(
    _ name: String, _ parameters: Set<Filter.Parameter>, tables: [String], refresh: Duration = .seconds(2), hasSpan: Bool = true,
    hasFilters: Bool = true, answer: @escaping @Sendable (Question) throws -> [AnswerPart]
  ) {
    self.name = name
    self.parameters = parameters.union(tables.isEmpty ? [] : [.format]).union(tables.count > 1 ? [.table] : [])
    self.tables = tables
    self.refresh = refresh
    self.hasSpan = hasSpan
    self.hasFilters = hasFilters
    self.answer = answer
  }

  var path: String { "/api/v1/\(name)" }
}

/// What an endpoint works with: a connection inside a transaction, so that all it reads belongs to one commit.
struct Question {
  let connection: Connection
  let clock: StoreClock
  let filter: Filter
  let span: (from: Instant, to: Instant)?
  /// The zone that the answer's times are shown in.
  let timeZone: String
  let status: PipelineStatus
  let history: CommitHistory
  let configuration: ServingConfiguration

  /// Rows of a query, given the filter, `$now`, `$from`, `$to` and what is added.
  func rows(_ query: GoldQuery, _ more: [String: Value] = [:]) throws -> RowSet {
    var parameters = filter.parameters
    parameters["now"] = clock.now.map { .timestamp($0.microseconds) } ?? .null
    parameters["from"] = span.map { .timestamp($0.from.microseconds) } ?? .null
    parameters["to"] = span.map { .timestamp($0.to.microseconds) } ?? .null
    parameters.merge(more) { $1 }
    return try query.rows(on: connection, parameters)
  }
}
