/// What the lakehouse needs of a hub, and no more: durable records by partition and offset.
public protocol RecordSource: Sendable {
  /// Partitions are numbered from 0.
  var partitionCount: Int { get }
  /// The first offset still held.
  func startOffset(partition: Int) -> Int64
  /// One past the last durable record.
  func endOffset(partition: Int) -> Int64
  /// Gives the records from `offset` on to `body`, about `maxBytes` of them, in order.
  /// - Returns: the offset after the last record given; `offset` if there is none.
  func forEachRecord(partition: Int, from offset: Int64, maxBytes: Int, _ body: (SourceRecord) throws -> Void) throws -> Int64
  /// Yields when records became durable; several at once yield once.
  func appended() -> AsyncStream<Void>
}

/// One record, valid only during the call that hands it over.
public struct SourceRecord {
  public let offset: Int64
  /// When the hub took it, microseconds since 1970.
  public let enqueuedAt: Int64
  public let body: UnsafeRawBufferPointer

  public init(offset: Int64, enqueuedAt: Int64, body: UnsafeRawBufferPointer) {
    self.offset = offset
    self.enqueuedAt = enqueuedAt
    self.body = body
  }
}
