internal import DuckDB

/// A SELECT over gold whose parameters are written by name (`$hospital`). They are always bound, never put into the text.
struct GoldQuery: Sendable {
  let sql: String
  private let names: [String]

  init(_ text: String) {
    var sql = ""
    var names: [String] = []
    var rest = Substring(text)
    while let dollar = rest.firstIndex(of: "$") {
      sql += rest[..<dollar]
      let name = rest[rest.index(after: dollar)...].prefix { $0 == "_" || $0.isLetter }
      let position: Int
      if let known = names.firstIndex(of: String(name)) {
        position = known
      } else {
        names.append(String(name))
        position = names.count - 1
      }
      sql += "$\(position + 1)"
      rest = rest[name.endIndex...]
    }
    self.sql = sql + rest
    self.names = names
  }

  /// - Throws: ``DuckDBError``. A name that `parameters` lacks is bound as NULL, which every filter reads as "all".
  func rows(on connection: Connection, _ parameters: [String: Value]) throws -> RowSet {
    RowSet(try connection.query(sql, names.map { parameters[$0] ?? .null }))
  }
}
