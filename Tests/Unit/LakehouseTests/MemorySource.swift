import Lakehouse
import Synchronization

/// A hub in memory, to which records are added while it is read.
final class MemorySource: RecordSource {
  struct Record {
    var enqueuedAt: Int64
    var body: [UInt8]
  }

  private let records: Mutex<[[Record]]>
  let partitionCount: Int

  init(partitionCount: Int) {
    self.partitionCount = partitionCount
    records = Mutex(Array(repeating: [], count: partitionCount))
  }

  func append(_ record: Record, to partition: Int) { records.withLock { $0[partition].append(record) } }

  func startOffset(partition: Int) -> Int64 { 0 }
  func endOffset(partition: Int) -> Int64 { records.withLock { Int64($0[partition].count) } }

  func forEachRecord(partition: Int, from offset: Int64, maxBytes: Int, _ body: (SourceRecord) throws -> Void) throws -> Int64 {
    let held = records.withLock { $0[partition] }
    var (next, bytes) = (Int(offset), 0)
    while next < held.count, bytes < maxBytes {
      try held[next].body.withUnsafeBytes { try body(SourceRecord(offset: Int64(next), enqueuedAt: held[next].enqueuedAt, body: $0)) }
      bytes += held[next].body.count
      next += 1
    }
    return Int64(next)
  }

  func appended() -> AsyncStream<Void> { AsyncStream { $0.finish() } }
}
