internal import CDuckDB

/// Appends rows to a table, 2,048 at a time (DuckDB's vector size), without parsing SQL or boxing values.
///
/// Write each column of a row with the `set…` methods, then ``endRow()``; at the end ``finish()``. Rows of an appender
/// that was not finished may be missing: DuckDB reports the errors of buffered rows only there.
/// Used by the one thread that uses its connection.
public final class ChunkAppender {
  public enum ElementType: Sendable {
    case boolean, integer, bigint, double, text, blob, timestamp, date

    var code: Int32 {
      switch self {
      case .boolean: Int32(DUCKDB_TYPE_BOOLEAN)
      case .integer: Int32(DUCKDB_TYPE_INTEGER)
      case .bigint: Int32(DUCKDB_TYPE_BIGINT)
      case .double: Int32(DUCKDB_TYPE_DOUBLE)
      case .text: Int32(DUCKDB_TYPE_VARCHAR)
      case .blob: Int32(DUCKDB_TYPE_BLOB)
      case .timestamp: Int32(DUCKDB_TYPE_TIMESTAMP)
      case .date: Int32(DUCKDB_TYPE_DATE)
      }
    }
  }

  private let connection: Connection
  private var appender: duckdb_appender?
  private var chunk: duckdb_data_chunk?
  private let width: Int
  private let capacity: Int
  private var row = 0
  private var vectors: [duckdb_vector?] = []
  private var data: [UnsafeMutableRawPointer?] = []

  init(connection: Connection, schema: String?, table: String, types: [ElementType]) throws(DuckDBError) {
    self.connection = connection
    width = types.count
    capacity = Int(duckdb_vector_size())
    guard duckdb_appender_create_ext(connection.handle, nil, schema, table, &appender) == DuckDBSuccess else {
      let text = duckdb_appender_error(appender).map { String(cString: $0) } ?? "unknown reason"
      duckdb_appender_destroy(&appender)
      throw DuckDBError(.append, text)
    }
    var logical = types.map { duckdb_create_logical_type($0.code) }
    chunk = duckdb_create_data_chunk(&logical, idx_t(width))
    for index in logical.indices { duckdb_destroy_logical_type(&logical[index]) }
    refresh()
  }

  deinit {
    duckdb_destroy_data_chunk(&chunk)
    duckdb_appender_destroy(&appender)
  }

  /// The vectors' memory may move when the chunk is reset.
  private func refresh() {
    vectors = (0..<width).map { duckdb_data_chunk_get_vector(chunk, idx_t($0)) }
    data = vectors.map { duckdb_vector_get_data($0) }
  }

  @inline(__always)
  public func setInteger(_ column: Int, _ value: Int32) {
    data[column]?.storeBytes(of: value, toByteOffset: row &* 4, as: Int32.self)
  }

  /// A BIGINT, or a TIMESTAMP in microseconds.
  @inline(__always)
  public func setBigint(_ column: Int, _ value: Int64) {
    data[column]?.storeBytes(of: value, toByteOffset: row &* 8, as: Int64.self)
  }

  @inline(__always)
  public func setDouble(_ column: Int, _ value: Double) {
    data[column]?.storeBytes(of: value, toByteOffset: row &* 8, as: Double.self)
  }

  @inline(__always)
  public func setBoolean(_ column: Int, _ value: Bool) {
    data[column]?.storeBytes(of: value, toByteOffset: row, as: Bool.self)
  }

  /// Days since 1970-01-01.
  @inline(__always)
  public func setDate(_ column: Int, _ value: Int32) { setInteger(column, value) }

  /// Text (valid UTF-8: DuckDB turns anything else into NULL without a word) or a blob. The bytes are copied.
  @inline(__always)
  public func setBytes(_ column: Int, _ bytes: UnsafeRawBufferPointer) {
    duckdb_vector_assign_string_element_len(
      vectors[column], idx_t(row), bytes.baseAddress?.assumingMemoryBound(to: CChar.self), idx_t(bytes.count))
  }

  public func setText(_ column: Int, _ text: String) {
    var text = text
    text.withUTF8 { setBytes(column, UnsafeRawBufferPointer($0)) }
  }

  /// NULL for `nil`; so the other `setOptional…`.
  @inline(__always)
  public func setOptionalInteger(_ column: Int, _ value: Int32?) { if let value { setInteger(column, value) } else { setNull(column) } }
  @inline(__always)
  public func setOptionalBigint(_ column: Int, _ value: Int64?) { if let value { setBigint(column, value) } else { setNull(column) } }
  @inline(__always)
  public func setOptionalDouble(_ column: Int, _ value: Double?) { if let value { setDouble(column, value) } else { setNull(column) } }
  @inline(__always)
  public func setOptionalText(_ column: Int, _ value: String?) { if let value { setText(column, value) } else { setNull(column) } }

  public func setNull(_ column: Int) {
    duckdb_vector_ensure_validity_writable(vectors[column])
    if let mask = duckdb_vector_get_validity(vectors[column]) { mask[row >> 6] &= ~(1 << UInt64(row & 63)) }
  }

  /// Ends the row; every column must have been set.
  @inline(__always)
  public func endRow() throws(DuckDBError) {
    row &+= 1
    if row == capacity { try pushChunk() }
  }

  /// Hands over what is buffered and closes.
  public func finish() throws(DuckDBError) {
    if row > 0 { try pushChunk() }
    guard duckdb_appender_close(appender) == DuckDBSuccess else { throw failure() }
  }

  private func pushChunk() throws(DuckDBError) {
    duckdb_data_chunk_set_size(chunk, idx_t(row))
    guard duckdb_append_data_chunk(appender, chunk) == DuckDBSuccess else { throw failure() }
    duckdb_data_chunk_reset(chunk)
    row = 0
    refresh()
  }

  private func failure() -> DuckDBError {
    DuckDBError(.append, duckdb_appender_error(appender).map { String(cString: $0) } ?? "unknown reason")
  }
}
