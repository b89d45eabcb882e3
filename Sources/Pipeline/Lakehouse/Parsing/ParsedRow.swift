/// One record as the parse leaves it, column by column as `parsed.<shape>` has them.
///
/// Texts point into the record's bytes or the reader's memory: a row is valid until the reader reads the next record.
final class ParsedRow {
  private struct Cell {
    var bits: Int64 = 0
    var start: UnsafeRawPointer?
    var count = 0
    var isNull = true
  }

  let shape: EventShape
  let columns: [(name: String, type: ParsedColumnType)]
  private let cells: UnsafeMutablePointer<Cell>

  init(shape: EventShape, columns: [(name: String, type: ParsedColumnType)]) {
    self.shape = shape
    self.columns = columns
    cells = .allocate(capacity: max(1, columns.count))
    cells.initialize(repeating: Cell(), count: max(1, columns.count))
  }

  deinit { cells.deallocate() }

  /// Where a column stands; `nil` if the shape has none of that name.
  func column(_ name: String) -> Int? { columns.firstIndex { $0.name == name } }

  // MARK: - Writing

  @inline(__always)
  func setNull(_ column: Int) { cells[column].isNull = true }

  /// An INTEGER, BIGINT, TIMESTAMP (microseconds) or DATE (days since 1970).
  @inline(__always)
  func setNumber(_ column: Int, _ value: Int64) {
    cells[column].bits = value
    cells[column].isNull = false
  }

  @inline(__always)
  func setDouble(_ column: Int, _ value: Double) { setNumber(column, Int64(bitPattern: value.bitPattern)) }

  @inline(__always)
  func setBoolean(_ column: Int, _ value: Bool) { setNumber(column, value ? 1 : 0) }

  @inline(__always)
  func setBytes(_ column: Int, _ bytes: UnsafeRawBufferPointer) {
    cells[column].start = bytes.baseAddress
    cells[column].count = bytes.count
    cells[column].isNull = false
  }

  // MARK: - Reading

  @inline(__always)
  func isNull(_ column: Int) -> Bool { cells[column].isNull }

  @inline(__always)
  func number(_ column: Int) -> Int64? { cells[column].isNull ? nil : cells[column].bits }

  @inline(__always)
  func integer(_ column: Int) -> Int32? { cells[column].isNull ? nil : Int32(truncatingIfNeeded: cells[column].bits) }

  @inline(__always)
  func double(_ column: Int) -> Double? { number(column).map { Double(bitPattern: UInt64(bitPattern: $0)) } }

  @inline(__always)
  func boolean(_ column: Int) -> Bool { number(column) == 1 }

  @inline(__always)
  func bytes(_ column: Int) -> UnsafeRawBufferPointer? {
    cells[column].isNull ? nil : UnsafeRawBufferPointer(start: cells[column].start, count: cells[column].count)
  }

  func text(_ column: Int) -> String? { bytes(column).map { String(decoding: $0, as: UTF8.self) } }
}
