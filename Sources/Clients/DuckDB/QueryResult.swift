/// A whole answer, held in memory. For answers of bounded size; nothing of ours reads millions of rows this way.
public struct QueryResult: Sendable {
  public struct Column: Sendable, Hashable {
    public let name: String
    public let type: ColumnType
  }

  public let columns: [Column]
  public let rows: [[Value]]
  /// Rows inserted, deleted or updated by the statement; 0 for a query.
  public let rowsChanged: Int

  /// The value in the first row and column, `.null` if there is none.
  public var scalar: Value { rows.first?.first ?? .null }

  /// The position of a column by name.
  public func index(of name: String) -> Int? { columns.firstIndex { $0.name == name } }
}

/// DuckDB's type of a column, as far as a reader has to tell types apart.
public enum ColumnType: String, Sendable, Hashable {
  case boolean, integer, double, number, text, blob, timestamp, timestampWithZone, date, time, interval, uuid, list, structure
}
