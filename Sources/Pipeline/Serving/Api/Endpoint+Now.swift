internal import DuckDB

extension Endpoint {
  /// The figures of this moment, a week before, and as 24 points.
  static let now = Endpoint(
    "now", [.hospital, .department], tables: ["departments", "hospitals"], refresh: .seconds(3), hasSpan: false, hasFilters: false
  ) { question in
    let live = try LiveFigures(question)
    let history = try question.rows(SparklineQuery.history).value("history_from")
    let sparklines =
      question.clock.now == nil
      ? RowSet(columns: ["hour_at", "census", "free_beds", "waiting", "admissions", "discharges", "overdue"], rows: [])
      : try question.rows(SparklineQuery.points, ["history": history])
    return live.parts + [
      .object("previous_week", try previousWeek(question, history: history.int64)), .columns("sparklines", sparklines),
    ]
  }

  private static func previousWeek(_ question: Question, history: Int64?) throws -> RowSet {
    let columns = ["census", "free_beds", "waiting", "admissions_today", "discharges_today", "overdue"]
    guard let now = question.clock.now, let history, now.microseconds - 168 * 3_600_000_000 >= history else {
      return RowSet(columns: columns, rows: [columns.map { _ in .null }])
    }
    let then = Instant(microseconds: now.microseconds - 168 * 3_600_000_000)
    let rows = try question.figures(at: then).departments
    var totals = Figures()
    for index in rows.rows.indices { totals += Figures(rows, row: index) }
    let values: [Value] = [
      .count(totals.census), .count(totals.freeBeds), .count(totals.waiting), .count(totals.admissionsToday), .count(totals.dischargesToday),
      .count(totals.overdue),
    ]
    return RowSet(columns: columns, rows: [values])
  }
}
