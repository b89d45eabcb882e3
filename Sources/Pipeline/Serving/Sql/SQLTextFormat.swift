/// How an answer of any length is written, so that it can be read while it comes.
public enum SQLTextFormat: Sendable, CaseIterable {
  /// A line of names, then a line a row; NULL is an empty cell. For programs: nothing is changed for spreadsheets.
  case csv
  /// One JSON object a line.
  case ndjson

  var contentType: String {
    switch self {
    case .csv: "text/csv; charset=utf-8; header=present"
    case .ndjson: "application/x-ndjson"
    }
  }

  /// The format that an Accept header asks for, if it asks for one of these.
  init?(accept: String?) {
    let types = (accept ?? "").lowercased().split(separator: ",").map { $0.split(separator: ";").first.map { $0.filter { $0 != " " } } ?? "" }
    if types.contains("text/csv") {
      self = .csv
    } else if types.contains("application/x-ndjson") {
      self = .ndjson
    } else {
      return nil
    }
  }
}
