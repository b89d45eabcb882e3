internal import Hummingbird

/// Reads the query of a request into a filter; everything it does not know is an error that names the parameter.
struct QueryParameters {
  enum Format: String { case json, csv }

  var filter = Filter()
  var format = Format.json
  var table: String?

  /// - Parameters:
  ///   - pairs: the query, percent-decoded.
  ///   - acceptsCSV: the Accept header prefers CSV.
  init(_ pairs: [(name: String, value: String)], allowed: Set<Filter.Parameter>, tables: [String], acceptsCSV: Bool) throws(Problem) {
    if acceptsCSV, allowed.contains(.format) { format = .csv }
    var values: [Filter.Parameter: String] = [:]
    for (name, value) in pairs {
      guard let parameter = Filter.Parameter(rawValue: name), allowed.contains(parameter) else {
        let known = allowed.map(\.rawValue).sorted().joined(separator: ", ")
        throw .parameter(String(name.prefix(40)), "This address takes: \(known.isEmpty ? "no parameters" : known).")
      }
      guard values.updateValue(value, forKey: parameter) == nil else { throw .parameter(name, "It is given more than once.") }
    }
    if let text = values[.hospital] {
      guard let number = Int(text) else { throw .parameter("hospital", "It is a number; GET /api/v1/dimensions lists them.") }
      filter.hospital = number
    }
    filter.department = values[.department]
    filter.gender = try Self.oneOf(Filter.genders, values[.gender], "gender")
    filter.ageBand = try Self.oneOf(Filter.ageBands, values[.ageBand], "age_band")
    if let text = values[.format] {
      guard let given = Format(rawValue: text) else { throw .parameter("format", "It is one of: json, csv.") }
      format = given
    }
    table = try Self.oneOf(tables, values[.table], "table")
    filter.period = try Self.period(values)
  }

  private static func oneOf(_ known: [String], _ value: String?, _ name: String) throws(Problem) -> String? {
    guard let value else { return nil }
    guard known.contains(value) else { throw .parameter(name, "It is one of: \(known.joined(separator: ", ")).") }
    return value
  }

  private static func period(_ values: [Filter.Parameter: String]) throws(Problem) -> Filter.Period {
    let from = try instant(values[.from], "from")
    let to = try instant(values[.to], "to")
    if let text = values[.period] {
      guard from == nil, to == nil else { throw .parameter("period", "It is not given together with from or to.") }
      guard let hours = Filter.periods[text] else { throw .parameter("period", "It is one of: 24h, 7d, 14d, 30d.") }
      return .last(hours: hours)
    }
    guard let from else {
      if to != nil { throw .parameter("to", "It needs from.") }
      return .last(hours: 168)
    }
    if let to {
      guard from < to else { throw .parameter("to", "It lies before from, or at it.") }
      guard to.seconds(since: from) <= Filter.longestPeriodSeconds else { throw .parameter("from", "A period has at most 400 days.") }
    }
    return .between(from: from, to: to)
  }

  private static func instant(_ text: String?, _ name: String) throws(Problem) -> Instant? {
    guard let text else { return nil }
    guard let instant = Instant(text: text) else {
      throw .parameter(name, "It is an instant with an offset, such as 2026-03-02T14:30:00Z.")
    }
    return instant
  }
}
