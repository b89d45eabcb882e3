import EventHub
import Lakehouse

/// The hub as the lakehouse sees it.
struct HubSource: RecordSource {
  let hub: EventHub

  var partitionCount: Int { hub.partitionCount }
  // Asked only for partitions that the hub has; another number would be a fault of ours and reads as an empty partition.
  func startOffset(partition: Int) -> Int64 { (try? hub.startOffset(partition: partition)) ?? 0 }
  func endOffset(partition: Int) -> Int64 { (try? hub.endOffset(partition: partition)) ?? 0 }
  func appended() -> AsyncStream<Void> { hub.appended() }

  func forEachRecord(partition: Int, from offset: Int64, maxBytes: Int, _ body: (SourceRecord) throws -> Void) throws -> Int64 {
    var next = offset
    var bytes = 0
    while bytes < maxBytes, next < endOffset(partition: partition) {
      let slice = try hub.read(partition: partition, from: next, maxBytes: min(maxBytes - bytes, 4 << 20))
      guard slice.count > 0 else { break }
      try slice.forEach { record in
        bytes += record.value.count
        try body(SourceRecord(offset: record.offset, enqueuedAt: record.enqueuedMicroseconds, body: record.value))
      }
      next = slice.nextOffset
    }
    return next
  }
}
