internal import DuckDB

extension Endpoint {
  static let lengthOfStay = Endpoint("length-of-stay", patientFilters, tables: ["departments", "trend"], refresh: .seconds(3)) { question in
    [.rows("departments", try question.rows(StayQuery.departments)), .rows("trend", try question.rows(StayQuery.trend))]
  }

  /// The threshold is over all completed visits, so this is the costliest question and the slowest to change.
  static let overstays = Endpoint(
    "overstays", [.hospital, .department, .gender, .ageBand], tables: ["rows"], refresh: .seconds(10), hasSpan: false
  ) { question in
    [.rows("rows", try question.rows(StayQuery.overstays))]
  }

  static let turnover = Endpoint("turnover", [.hospital, .department, .period, .from, .to], tables: ["rows"], refresh: .seconds(3)) { question in
    let seconds = question.span.map { $0.to.seconds(since: $0.from) } ?? 0
    let days = (seconds / 86_400 * 1_000).rounded() / 1_000
    return [.value("days", .double(days)), .rows("rows", try question.rows(StayQuery.turnover, ["hours": .double(max(seconds, 1) / 3_600)]))]
  }
}
