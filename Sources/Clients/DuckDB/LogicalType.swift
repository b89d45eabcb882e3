internal import CDuckDB

/// A column's type with what is needed to read its vectors. Owns DuckDB's handle.
final class LogicalType {
  let id: Int32
  let scale: Int
  /// What decimals and enums are stored as.
  let internalType: Int32
  /// A list's element, a map's entry, a structure's fields.
  let children: [(name: String, type: LogicalType)]
  private var handle: duckdb_logical_type?

  init(owning handle: duckdb_logical_type?) {
    self.handle = handle
    id = duckdb_get_type_id(handle)
    var children: [(String, LogicalType)] = []
    var scale = 0
    var internalType: Int32 = 0
    switch Int(id) {
    case DUCKDB_TYPE_DECIMAL:
      scale = Int(duckdb_decimal_scale(handle))
      internalType = duckdb_decimal_internal_type(handle)
    case DUCKDB_TYPE_ENUM: internalType = duckdb_enum_internal_type(handle)
    case DUCKDB_TYPE_LIST, DUCKDB_TYPE_MAP: children = [("", LogicalType(owning: duckdb_list_type_child_type(handle)))]
    case DUCKDB_TYPE_STRUCT:
      for index in 0..<duckdb_struct_type_child_count(handle) {
        let name = duckdb_struct_type_child_name(handle, index)
        children.append((name.map { String(cString: $0) } ?? "", LogicalType(owning: duckdb_struct_type_child_type(handle, index))))
        duckdb_free(name)
      }
    default: break
    }
    self.scale = scale
    self.internalType = internalType
    self.children = children.map { (name: $0.0, type: $0.1) }
  }

  deinit { duckdb_destroy_logical_type(&handle) }

  func enumValue(_ index: Int) -> String {
    guard let text = duckdb_enum_dictionary_value(handle, idx_t(index)) else { return "" }
    defer { duckdb_free(text) }
    return String(cString: text)
  }

  var columnType: ColumnType {
    switch Int(id) {
    case DUCKDB_TYPE_BOOLEAN: .boolean
    case DUCKDB_TYPE_TINYINT, DUCKDB_TYPE_SMALLINT, DUCKDB_TYPE_INTEGER, DUCKDB_TYPE_BIGINT, DUCKDB_TYPE_UTINYINT,
      DUCKDB_TYPE_USMALLINT, DUCKDB_TYPE_UINTEGER, DUCKDB_TYPE_UBIGINT, DUCKDB_TYPE_HUGEINT, DUCKDB_TYPE_UHUGEINT:
      .integer
    case DUCKDB_TYPE_FLOAT, DUCKDB_TYPE_DOUBLE: .double
    case DUCKDB_TYPE_DECIMAL: .number
    case DUCKDB_TYPE_BLOB: .blob
    case DUCKDB_TYPE_TIMESTAMP, DUCKDB_TYPE_TIMESTAMP_S, DUCKDB_TYPE_TIMESTAMP_MS, DUCKDB_TYPE_TIMESTAMP_NS: .timestamp
    case DUCKDB_TYPE_TIMESTAMP_TZ: .timestampWithZone
    case DUCKDB_TYPE_DATE: .date
    case DUCKDB_TYPE_TIME: .time
    case DUCKDB_TYPE_INTERVAL: .interval
    case DUCKDB_TYPE_UUID: .uuid
    case DUCKDB_TYPE_LIST, DUCKDB_TYPE_MAP: .list
    case DUCKDB_TYPE_STRUCT: .structure
    default: .text
    }
  }
}
