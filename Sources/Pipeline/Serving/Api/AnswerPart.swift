internal import DuckDB

/// A piece of an answer under its JSON name.
enum AnswerPart: Sendable {
  /// A list of objects, also given as CSV.
  case rows(String, RowSet)
  /// The first row as one object; null if there is none.
  case object(String, RowSet)
  /// One list per column.
  case columns(String, RowSet)
  case value(String, Value)
  case strings(String, [String])
  /// Finished JSON.
  case json(String, [UInt8])

  var name: String {
    switch self {
    case .rows(let name, _), .object(let name, _), .columns(let name, _), .value(let name, _), .strings(let name, _), .json(let name, _): name
    }
  }

  func write(to writer: inout JSONWriter) {
    switch self {
    case .rows(let name, let set):
      writer.key(name)
      writer.rows(set)
    case .object(let name, let set):
      writer.key(name)
      guard let row = set.rows.first else { return writer.null() }
      writer.object { $0.fields(of: row, named: set.columns) }
    case .columns(let name, let set):
      writer.key(name)
      writer.object { writer in
        for (index, column) in set.columns.enumerated() {
          writer.key(column)
          writer.array { writer in
            for row in set.rows { writer.value(row[index]) }
          }
        }
      }
    case .value(let name, let value): writer.field(name, value)
    case .strings(let name, let texts):
      writer.key(name)
      writer.array { writer in
        for text in texts { writer.string(text) }
      }
    case .json(let name, let bytes):
      writer.key(name)
      writer.raw(String(decoding: bytes, as: UTF8.self))
    }
  }

  /// The rows of this part if it is the list `name`.
  func table(_ name: String) -> RowSet? {
    if case .rows(name, let set) = self { return set }
    return nil
  }
}
