/// Reads a segment from its start and says what is there: the pure part of recovery.
enum SegmentScanner {
  /// Bytes that are no batch, with whole batches after them.
  struct Hole: Sendable, Hashable {
    var bytes: Range<Int64>
    var offsets: Range<Int64>
  }

  struct Result: Sendable {
    /// Counts everything up to the last whole batch.
    var segment: Segment
    var holes: [Hole] = []
    /// The file's size; greater than `segment.byteCount` if the tail is torn.
    var fileBytes: Int64 = 0
  }

  static func scan(
    _ file: any LogFile, baseOffset: Int64, indexInterval: Int64, lastTimestamp: Int64, upTo limit: Int64 = .max
  ) throws(FileSystemError) -> Result {
    let fileBytes = min(try file.size(), limit)
    var window = ScanWindow(file, fileBytes: fileBytes)
    var result = Result(segment: Segment(baseOffset: baseOffset, lastTimestamp: lastTimestamp), fileBytes: fileBytes)
    var position: Int64 = 0
    while position < fileBytes {
      if let batch = try batch(in: &window, at: position), batch.baseOffset == result.segment.endOffset {
        result.segment.index.note(offset: batch.baseOffset - baseOffset, byte: position, interval: indexInterval)
        position += Int64(batch.totalBytes)
        result.segment.endOffset = batch.endOffset
        result.segment.byteCount = position
        result.segment.lastTimestamp = max(result.segment.lastTimestamp, batch.maximumTimestamp)
        continue
      }
      guard let next = try nextBatch(in: &window, after: position, expected: result.segment.endOffset) else { break }
      result.holes.append(Hole(bytes: position..<next.position, offsets: result.segment.endOffset..<next.offset))
      position = next.position
      result.segment.endOffset = next.offset
    }
    return result
  }

  /// The header of a batch whose checksum is right.
  static func batch(in window: inout ScanWindow, at position: Int64) throws(FileSystemError) -> BatchHeader? {
    guard let header = BatchHeader(try window.bytes(at: position, BatchHeader.byteCount)), header.leaderEpoch == 0,
      position + Int64(header.totalBytes) <= window.fileBytes
    else { return nil }
    return header.matchesChecksum(of: try window.bytes(at: position, header.totalBytes)) ? header : nil
  }

  /// The next whole batch after a place that has none.
  static func nextBatch(
    in window: inout ScanWindow, after position: Int64, expected: Int64
  ) throws(FileSystemError) -> (position: Int64, offset: Int64)? {
    // Damage is mostly inside a batch; its own length then leads straight to the next, past any look-alike in its body.
    if let header = BatchHeader(try window.bytes(at: position, BatchHeader.byteCount)) {
      let next = position + Int64(header.totalBytes)
      if let batch = try batch(in: &window, at: next), isPlausible(batch.baseOffset, after: expected) {
        return (next, batch.baseOffset)
      }
    }
    var candidate = position
    while let next = try window.nextCandidate(from: candidate + 1) {
      if let header = BatchHeader(try window.bytes(at: next, BatchHeader.byteCount)),
        isPlausible(header.baseOffset, after: expected), try batch(in: &window, at: next) != nil
      {
        return (next, header.baseOffset)
      }
      candidate = next
    }
    return nil
  }

  private static func isPlausible(_ offset: Int64, after expected: Int64) -> Bool {
    offset > expected && offset - expected <= Int64(Int32.max)
  }
}
