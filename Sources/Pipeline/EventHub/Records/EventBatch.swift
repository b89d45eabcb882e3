/// Finished records on their way into one partition: what a Kafka RecordBatch v2 carries. Immutable, never copied.
///
/// Base offset, enqueued time and checksum are given by the hub when it appends.
public struct EventBatch: Sendable {
  let storage: ByteStorage
  /// Where in `storage` the records lie.
  let records: Range<Int>
  let header: BatchHeader
  /// False if the sender gave no times of its own; the base timestamp is then the hub's.
  let hasSenderTime: Bool

  /// How many events there are.
  public var count: Int { header.count }
  /// Bytes that the batch takes in the log.
  public var byteCount: Int { records.count + BatchHeader.byteCount }

  var recordBytes: UnsafeRawBufferPointer { storage.bytes(records) }

  init(storage: ByteStorage, records: Range<Int>, header: BatchHeader, hasSenderTime: Bool) {
    self.storage = storage
    self.records = records
    self.header = header
    self.hasSenderTime = hasSenderTime
  }

  /// Takes a batch as a Kafka client made it. Everything that a reader relies on is checked here, once.
  public init(kafkaBatch bytes: UnsafeRawBufferPointer) throws(HubError) {
    guard let header = BatchHeader(bytes), header.totalBytes == bytes.count else {
      throw HubError(.malformed, "not one record batch of version 2")
    }
    guard header.matchesChecksum(of: bytes) else { throw HubError(.malformed, "the batch's checksum does not match") }
    // Transactions and control batches (bits 4 and 5) would be delivered as if they were events.
    guard header.attributes & ~BatchHeader.logAppendTime == 0 else {
      throw HubError(.unsupported, "compressed, transactional and control batches are not read")
    }
    let body = UnsafeRawBufferPointer(rebasing: bytes[BatchHeader.byteCount...])
    var position = 0
    for index in 0..<header.count {
      guard let record = RecordFields(body, &position), record.offsetDelta == Int64(index) else {
        throw HubError(.malformed, "a record of the batch does not follow the format", index: index)
      }
    }
    guard position == body.count else { throw HubError(.malformed, "the batch has bytes after its last record") }
    let storage = ByteStorage(capacity: body.count)
    UnsafeMutableRawBufferPointer(start: storage.base, count: body.count).copyMemory(from: body)
    self.init(storage: storage, records: 0..<body.count, header: header, hasSenderTime: true)
  }
}
