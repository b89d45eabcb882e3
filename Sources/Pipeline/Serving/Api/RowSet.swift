internal import DuckDB

/// Rows with the names of their columns, which are the names of the JSON properties and of the CSV columns.
struct RowSet: Sendable {
  var columns: [String]
  var rows: [[Value]]

  init(columns: [String], rows: [[Value]]) {
    self.columns = columns
    self.rows = rows
  }

  init(_ result: QueryResult) {
    columns = result.columns.map(\.name)
    rows = result.rows
  }

  func value(_ column: String, row: Int = 0) -> Value {
    guard let index = columns.firstIndex(of: column), rows.indices.contains(row) else { return .null }
    return rows[row][index]
  }
}

extension JSONWriter {
  mutating func fields(of row: [Value], named names: [String]) {
    for (name, value) in zip(names, row) { field(name, value) }
  }

  mutating func rows(_ set: RowSet) {
    array { writer in
      for row in set.rows { writer.object { $0.fields(of: row, named: set.columns) } }
    }
  }
}
