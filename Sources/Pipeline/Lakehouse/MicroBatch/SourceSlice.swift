/// The records of one batch: what the source holds between two offsets of each partition.
struct SourceSlice: Sendable {
  let source: any RecordSource
  /// The first offset of each partition, and the one after its last.
  let from: [Int64]
  let to: [Int64]
  let maxBytes: Int

  /// Hands over the records, partition by partition.
  func forEachRecord(_ body: (Int32, SourceRecord) throws -> Void) throws {
    for partition in from.indices { try forEachRecord(in: partition) { try body(Int32(partition), $0) } }
  }

  func forEachRecord(in partition: Int, _ body: (SourceRecord) throws -> Void) throws {
    var next = max(from[partition], source.startOffset(partition: partition))
    // Several times if need be: where one call ends depends on what the source held then. What came since is the next batch's.
    while next < to[partition] {
      let after = try source.forEachRecord(partition: partition, from: next, maxBytes: maxBytes) { record in
        if record.offset < to[partition] { try body(record) }
      }
      guard after > next else {
        throw LakehouseError(.hub, "partition \(partition) of the hub ended at offset \(next), before the \(to[partition]) that it had said")
      }
      next = after
    }
  }
}
