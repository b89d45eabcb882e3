/// What is known of one segment file without opening it.
struct Segment: Sendable {
  var baseOffset: Int64
  /// The offset after the last record that readers may see.
  var endOffset: Int64
  /// Bytes that readers may see.
  var byteCount: Int64 = 0
  /// The greatest enqueued time in it; of the batches before it if it is empty.
  var lastTimestamp: Int64
  var index = SparseIndex()

  init(baseOffset: Int64, lastTimestamp: Int64) {
    self.baseOffset = baseOffset
    endOffset = baseOffset
    self.lastTimestamp = lastTimestamp
  }

  var logName: String { SegmentName.log(baseOffset) }
  var indexName: String { SegmentName.index(baseOffset) }
}
