/// Whole batches read from one partition, in one piece of memory. Every checksum was verified.
public struct RecordSlice: Sendable {
  public let partition: Int
  /// The first offset asked for; records of the first batch before it are passed over.
  public let startOffset: Int64
  /// Where to read on.
  public let nextOffset: Int64
  /// How many records ``forEach(_:)`` gives.
  public let count: Int
  let storage: ByteStorage
  let range: Range<Int>

  init(partition: Int, startOffset: Int64, nextOffset: Int64, count: Int, storage: ByteStorage, range: Range<Int>) {
    self.partition = partition
    self.startOffset = startOffset
    self.nextOffset = nextOffset
    self.count = count
    self.storage = storage
    self.range = range
  }

  public var isEmpty: Bool { count == 0 }
  /// Bytes of the batches, with their headers.
  public var byteCount: Int { range.count }

  /// The batches as they lie in the log: Kafka RecordBatch v2, one after another. Valid only inside `body`.
  public func withBatches<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(storage) { try body(storage.bytes(range)) }
  }

  /// Calls `body` with each record in order. The view's pointers are valid only inside the call.
  ///
  /// Throws ``HubError/Code/malformed`` if a batch whose checksum is right does not hold what its header says.
  public func forEach(_ body: (RecordView) throws -> Void) throws {
    try withBatches { bytes in
      var start = 0
      while start < bytes.count {
        guard let header = BatchHeader(UnsafeRawBufferPointer(rebasing: bytes[start...])),
          header.totalBytes <= bytes.count - start
        else { throw malformed(nextOffset) }
        guard header.attributes & BatchHeader.compressionMask == 0 else {
          throw HubError(.unsupported, "compressed batches are not read")
        }
        let end = start + header.totalBytes
        let records = UnsafeRawBufferPointer(rebasing: bytes[start + BatchHeader.byteCount..<end])
        try forEach(in: records, of: header, body)
        start = end
      }
    }
  }

  @inline(__always)
  private func forEach(
    in records: UnsafeRawBufferPointer, of header: BatchHeader, _ body: (RecordView) throws -> Void
  ) throws {
    var position = 0
    let appendTime = header.hasLogAppendTime
    for index in 0..<header.count {
      let offset = header.baseOffset + Int64(index)
      guard let record = RecordFields(records, &position), record.offsetDelta == Int64(index) else {
        throw malformed(offset)
      }
      if offset < startOffset { continue }
      try body(
        RecordView(
          offset: offset,
          enqueuedMilliseconds: appendTime ? header.maximumTimestamp : header.baseTimestamp &+ record.timestampDelta,
          key: record.key, value: record.value ?? UnsafeRawBufferPointer(start: nil, count: 0), headers: record.headers))
    }
    guard position == records.count else { throw malformed(header.endOffset) }
  }

  private func malformed(_ offset: Int64) -> HubError {
    HubError(.malformed, "partition \(partition), offset \(offset): the record does not follow the format")
  }
}
