internal import DuckDB

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

  /// The hospitals with their zones, and the rows of ``FiguresQuery/departments``, at an instant: `$now` unless another is given.
  func figures(at instant: Instant? = nil) throws -> (hospitals: RowSet, departments: RowSet) {
    guard let now = instant ?? clock.now else { return (RowSet(columns: [], rows: []), RowSet(columns: [], rows: [])) }
    let zones = try rows(FiguresQuery.zones, ["now": .instant(now)])
    let horizon = now.advanced(bySeconds: -FiguresQuery.horizonHours(zones) * 3_600)
    return (zones, try rows(FiguresQuery.departments, ["now": .instant(now), "horizon": .instant(horizon)]))
  }
}
