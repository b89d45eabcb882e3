internal import CDuckDB

/// Reads DuckDB's vectors into values.
enum ResultReader {
  static func read(_ result: inout duckdb_result, limit: Int?) throws(DuckDBError) -> (result: QueryResult, isTruncated: Bool) {
    let (columns, types) = shape(&result)
    var rows: [[Value]] = []
    var isTruncated = false
    while let chunk = duckdb_fetch_chunk(result) {
      var owned: duckdb_data_chunk? = chunk
      defer { duckdb_destroy_data_chunk(&owned) }
      let count = Int(duckdb_data_chunk_get_size(chunk))
      if count == 0 { break }
      let taken = limit.map { min(count, $0 - rows.count) } ?? count
      try append(taken, of: chunk, types, to: &rows)
      if taken < count {
        isTruncated = true
        break
      }
    }
    let changed = Int(duckdb_rows_changed(&result))
    return (QueryResult(columns: columns, rows: rows, rowsChanged: changed), isTruncated)
  }

  /// Hands an answer over piece by piece; at least once, with no rows if it has none.
  /// - Parameter body: returns whether it wants more.
  static func stream(_ result: inout duckdb_result, _ body: ([QueryResult.Column], [[Value]]) throws -> Bool) throws {
    let (columns, types) = shape(&result)
    guard try body(columns, []) else { return }
    while let chunk = duckdb_fetch_chunk(result) {
      var owned: duckdb_data_chunk? = chunk
      defer { duckdb_destroy_data_chunk(&owned) }
      let count = Int(duckdb_data_chunk_get_size(chunk))
      if count == 0 { break }
      var rows: [[Value]] = []
      rows.reserveCapacity(count)
      try append(count, of: chunk, types, to: &rows)
      guard try body(columns, rows) else { return }
    }
    // The end of the rows and a failure in the middle of them look alike until one asks.
    if let text = duckdb_result_error(&result), text.pointee != 0 { throw Connection.failure(&result) }
  }

  private static func shape(_ result: inout duckdb_result) -> ([QueryResult.Column], [LogicalType]) {
    var columns: [QueryResult.Column] = []
    var types: [LogicalType] = []
    for index in 0..<duckdb_column_count(&result) {
      let type = LogicalType(owning: duckdb_column_logical_type(&result, index))
      let name = duckdb_column_name(&result, index).map { String(cString: $0) } ?? ""
      columns.append(.init(name: name, type: type.columnType))
      types.append(type)
    }
    return (columns, types)
  }

  private static func append(
    _ count: Int, of chunk: duckdb_data_chunk, _ types: [LogicalType], to rows: inout [[Value]]
  ) throws(DuckDBError) {
    let first = rows.count
    for _ in 0..<count { rows.append([Value](repeating: .null, count: types.count)) }
    for column in types.indices {
      guard let vector = duckdb_data_chunk_get_vector(chunk, idx_t(column)) else { continue }
      for row in 0..<count { rows[first + row][column] = try value(in: vector, at: row, type: types[column]) }
    }
  }

  private static func isValid(_ vector: duckdb_vector, _ row: Int) -> Bool {
    guard let mask = duckdb_vector_get_validity(vector) else { return true }
    return mask[row >> 6] & (1 << UInt64(row & 63)) != 0
  }

  private static func value(in vector: duckdb_vector, at row: Int, type: LogicalType) throws(DuckDBError) -> Value {
    guard isValid(vector, row) else { return .null }
    if type.id == Int32(DUCKDB_TYPE_STRUCT) {
      var fields: [String: Value] = [:]
      for (index, child) in type.children.enumerated() {
        guard let childVector = duckdb_struct_vector_get_child(vector, idx_t(index)) else { continue }
        fields[child.name] = try value(in: childVector, at: row, type: child.type)
      }
      return .structure(fields)
    }
    guard let data = duckdb_vector_get_data(vector) else { return .null }
    func load<T>(_ type: T.Type) -> T { data.load(fromByteOffset: row * MemoryLayout<T>.stride, as: type) }
    switch Int(type.id) {
    case DUCKDB_TYPE_BOOLEAN: return .boolean(load(Bool.self))
    case DUCKDB_TYPE_TINYINT: return .integer(Int64(load(Int8.self)))
    case DUCKDB_TYPE_SMALLINT: return .integer(Int64(load(Int16.self)))
    case DUCKDB_TYPE_INTEGER: return .integer(Int64(load(Int32.self)))
    case DUCKDB_TYPE_BIGINT: return .integer(load(Int64.self))
    case DUCKDB_TYPE_UTINYINT: return .integer(Int64(load(UInt8.self)))
    case DUCKDB_TYPE_USMALLINT: return .integer(Int64(load(UInt16.self)))
    case DUCKDB_TYPE_UINTEGER: return .integer(Int64(load(UInt32.self)))
    case DUCKDB_TYPE_UBIGINT:
      let number = load(UInt64.self)
      return Int64(exactly: number).map(Value.integer) ?? .number(String(number))
    case DUCKDB_TYPE_FLOAT: return .double(Double(load(Float.self)))
    case DUCKDB_TYPE_DOUBLE: return .double(load(Double.self))
    case DUCKDB_TYPE_HUGEINT: return whole(wide(load(duckdb_hugeint.self)))
    case DUCKDB_TYPE_UHUGEINT:
      let wide = load(duckdb_hugeint.self)
      let number = UInt128(UInt64(bitPattern: wide.upper)) << 64 | UInt128(wide.lower)
      return Int64(exactly: number).map(Value.integer) ?? .number(String(number))
    case DUCKDB_TYPE_DECIMAL:
      let unscaled: Int128
      switch Int(type.internalType) {
      case DUCKDB_TYPE_SMALLINT: unscaled = Int128(load(Int16.self))
      case DUCKDB_TYPE_INTEGER: unscaled = Int128(load(Int32.self))
      case DUCKDB_TYPE_BIGINT: unscaled = Int128(load(Int64.self))
      default: unscaled = wide(load(duckdb_hugeint.self))
      }
      return .number(decimal(unscaled, scale: type.scale))
    case DUCKDB_TYPE_VARCHAR: return .text(String(decoding: bytes(data, row), as: UTF8.self))
    case DUCKDB_TYPE_BLOB: return .blob(Array(bytes(data, row)))
    case DUCKDB_TYPE_TIMESTAMP: return .timestamp(load(Int64.self))
    case DUCKDB_TYPE_TIMESTAMP_S: return .timestamp(load(Int64.self) * 1_000_000)
    case DUCKDB_TYPE_TIMESTAMP_MS: return .timestamp(load(Int64.self) * 1_000)
    case DUCKDB_TYPE_TIMESTAMP_NS: return .timestamp(load(Int64.self) / 1_000)
    case DUCKDB_TYPE_TIMESTAMP_TZ: return .timestampWithZone(load(Int64.self))
    case DUCKDB_TYPE_DATE: return .date(load(Int32.self))
    case DUCKDB_TYPE_TIME: return .text(clock(load(Int64.self)))
    case DUCKDB_TYPE_INTERVAL:
      let interval = load(duckdb_interval.self)
      return .text("\(interval.months) months \(interval.days) days \(clock(interval.micros))")
    case DUCKDB_TYPE_UUID: return .text(uuid(load(duckdb_hugeint.self)))
    case DUCKDB_TYPE_ENUM:
      let index: Int
      switch Int(type.internalType) {
      case DUCKDB_TYPE_UTINYINT: index = Int(load(UInt8.self))
      case DUCKDB_TYPE_USMALLINT: index = Int(load(UInt16.self))
      default: index = Int(load(UInt32.self))
      }
      return .text(type.enumValue(index))
    case DUCKDB_TYPE_LIST, DUCKDB_TYPE_MAP:
      let entry = load(duckdb_list_entry.self)
      guard let child = duckdb_list_vector_get_child(vector), let element = type.children.first else { return .list([]) }
      var values: [Value] = []
      for offset in 0..<Int(entry.length) { values.append(try value(in: child, at: Int(entry.offset) + offset, type: element.type)) }
      return .list(values)
    default: throw DuckDBError(.unsupportedType, "a column has DuckDB type \(type.id), which this client does not read; cast it to VARCHAR")
    }
  }

  /// DuckDB strings are 16 bytes: a length, then the bytes themselves if they are at most 12, else a prefix and a pointer.
  private static func bytes(_ data: UnsafeMutableRawPointer, _ row: Int) -> UnsafeRawBufferPointer {
    let slot = data + row * 16
    let length = Int(slot.load(as: UInt32.self))
    if length <= 12 { return UnsafeRawBufferPointer(start: slot + 4, count: length) }
    return UnsafeRawBufferPointer(start: slot.load(fromByteOffset: 8, as: UnsafeRawPointer?.self), count: length)
  }

  private static func wide(_ value: duckdb_hugeint) -> Int128 { Int128(value.upper) << 64 | Int128(value.lower) }

  private static func whole(_ number: Int128) -> Value { Int64(exactly: number).map(Value.integer) ?? .number(String(number)) }

  private static func clock(_ micros: Int64) -> String {
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let seconds = micros / 1_000_000
    return "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
  }

  private static func uuid(_ value: duckdb_hugeint) -> String {
    let upper = UInt64(bitPattern: value.upper) ^ (1 << 63)
    func hex(_ number: UInt64) -> String {
      let text = String(number, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }
    let digits = Array(hex(upper) + hex(value.lower))
    let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
    return parts.map { String(digits[$0]) }.joined(separator: "-")
  }

  private static func decimal(_ unscaled: Int128, scale: Int) -> String {
    if scale == 0 { return String(unscaled) }
    let digits = String(unscaled.magnitude)
    let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
    let split = padded.index(padded.endIndex, offsetBy: -scale)
    return (unscaled < 0 ? "-" : "") + padded[..<split] + "." + padded[split...]
  }
}
