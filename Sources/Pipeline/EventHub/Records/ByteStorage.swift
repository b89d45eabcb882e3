/// A piece of raw memory with one owner, so that batches and slices are contiguous and never copied to be passed on.
///
/// `@unchecked Sendable`: the memory is written only by the one value that made it, before that value hands it out
/// (`EventBatchBuilder.finish`, `PartitionLog.read`); from then on nobody writes.
final class ByteStorage: @unchecked Sendable {
  let base: UnsafeMutableRawPointer
  let capacity: Int

  init(capacity: Int) {
    self.capacity = max(capacity, 1)
    base = .allocate(byteCount: self.capacity, alignment: 16)
  }

  deinit { base.deallocate() }

  func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    precondition(range.lowerBound >= 0 && range.upperBound <= capacity)
    return UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
  }
}
