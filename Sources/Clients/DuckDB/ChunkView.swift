internal import CDuckDB

/// One chunk of an answer, read in place: no boxing, no copies. Valid only during the call that hands it over.
public struct ChunkView: ~Copyable {
  public let count: Int
  private let columns: [(data: UnsafeMutableRawPointer?, validity: UnsafeMutablePointer<UInt64>?)]

  init(_ chunk: duckdb_data_chunk, width: Int) {
    count = Int(duckdb_data_chunk_get_size(chunk))
    columns = (0..<width).map { index in
      let vector = duckdb_data_chunk_get_vector(chunk, idx_t(index))
      return (duckdb_vector_get_data(vector), duckdb_vector_get_validity(vector))
    }
  }

  public func isNull(_ column: Int, _ row: Int) -> Bool {
    guard let mask = columns[column].validity else { return false }
    return mask[row >> 6] & (1 << UInt64(row & 63)) == 0
  }

  public func int32(_ column: Int, _ row: Int) -> Int32 {
    columns[column].data?.load(fromByteOffset: row * 4, as: Int32.self) ?? 0
  }

  /// A BIGINT, or a TIMESTAMP in microseconds.
  public func int64(_ column: Int, _ row: Int) -> Int64 {
    columns[column].data?.load(fromByteOffset: row * 8, as: Int64.self) ?? 0
  }

  public func bool(_ column: Int, _ row: Int) -> Bool { columns[column].data?.load(fromByteOffset: row, as: Bool.self) ?? false }

  public func double(_ column: Int, _ row: Int) -> Double {
    columns[column].data?.load(fromByteOffset: row * 8, as: Double.self) ?? 0
  }

  /// `nil` for NULL; so the other `optional…`.
  public func optionalInt32(_ column: Int, _ row: Int) -> Int32? { isNull(column, row) ? nil : int32(column, row) }
  public func optionalInt64(_ column: Int, _ row: Int) -> Int64? { isNull(column, row) ? nil : int64(column, row) }
  public func optionalDouble(_ column: Int, _ row: Int) -> Double? { isNull(column, row) ? nil : double(column, row) }
  public func optionalText(_ column: Int, _ row: Int) -> String? { isNull(column, row) ? nil : text(column, row) }
  public func text(_ column: Int, _ row: Int) -> String { String(decoding: bytes(column, row), as: UTF8.self) }

  /// The bytes of a VARCHAR or BLOB: 16 bytes a value, a length and then the bytes themselves (at most 12) or a pointer.
  public func bytes(_ column: Int, _ row: Int) -> UnsafeRawBufferPointer {
    guard let data = columns[column].data else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    let slot = data + row * 16
    let length = Int(slot.load(as: UInt32.self))
    if length <= 12 { return UnsafeRawBufferPointer(start: slot + 4, count: length) }
    return UnsafeRawBufferPointer(start: slot.load(fromByteOffset: 8, as: UnsafeRawPointer?.self), count: length)
  }
}
