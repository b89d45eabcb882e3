internal import DuckDB

/// What a reader restricts an answer to. Its values are checked against the dimensions before anything is asked.
struct Filter: Hashable, Sendable {
  /// The query parameters that an endpoint may know.
  enum Parameter: String, Sendable {
    case hospital, department, gender, ageBand = "age_band", period, from, to, format, table
  }

  /// How far back an answer looks.
  enum Period: Hashable, Sendable {
    case last(hours: Int64)
    case between(from: Instant, to: Instant?)
  }

  static let periods = ["24h": Int64(24), "7d": 168, "14d": 336, "30d": 720]
  static let genders = ["female", "male", "other", "unknown"]
  static let ageBands = ["0-17", "18-44", "45-64", "65-79", "80-89", "90+", "unknown"]
  /// An answer has a row an hour; a longer period would be no chart any more.
  static let longestPeriodSeconds = 400.0 * 86_400

  var hospital: Int?
  var department: String?
  var gender: String?
  var ageBand: String?
  var period = Period.last(hours: 168)

  var parameters: [String: Value] {
    [
      "hospital": hospital.map { .integer(Int64($0)) } ?? .null, "department": department.map(Value.text) ?? .null,
      "gender": gender.map(Value.text) ?? .null, "age_band": ageBand.map(Value.text) ?? .null,
    ]
  }

  /// The filters that were applied, as `Span` names them.
  func write(to writer: inout JSONWriter) {
    writer.key("filters")
    writer.object { writer in
      if let hospital { writer.field("hospital", hospital) }
      if let department { writer.field("department", department) }
      if let gender { writer.field("gender", gender) }
      if let ageBand { writer.field("age_band", ageBand) }
    }
  }

  /// From and to, given the clock; `nil` before the first event.
  func span(at clock: Instant?) -> (from: Instant, to: Instant)? {
    switch period {
    case .last(let hours): return clock.map { ($0.advanced(bySeconds: Double(-hours) * 3_600), $0) }
    case .between(let from, let to):
      guard let end = to ?? clock else { return nil }
      return (from, max(from, end))
    }
  }
}
