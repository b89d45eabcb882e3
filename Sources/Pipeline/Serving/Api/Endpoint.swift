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
  /// Parts that are made anew for each reader, since they are cheap and must not be older than the question; `nil` if there are none.
  let fresh: (@Sendable (Renewal) -> [AnswerPart])?
  let answer: @Sendable (Question) throws -> [AnswerPart]

  init(
    _ name: String, _ parameters: Set<Filter.Parameter>, tables: [String], refresh: Duration = .seconds(2), hasSpan: Bool = true,
    hasFilters: Bool = true, fresh: (@Sendable (Renewal) -> [AnswerPart])? = nil, answer: @escaping @Sendable (Question) throws -> [AnswerPart]
  ) {
    self.name = name
    self.parameters = parameters.union(tables.isEmpty ? [] : [.format]).union(tables.count > 1 ? [.table] : [])
    self.tables = tables
    self.refresh = refresh
    self.hasSpan = hasSpan
    self.hasFilters = hasFilters
    self.fresh = fresh
    self.answer = answer
  }

  var path: String { "/api/v1/\(name)" }
}
