/// A moving view of a file, so that a scan needs the memory of its largest batch and not of the file.
struct ScanWindow: ~Copyable {
  private let file: any LogFile
  let fileBytes: Int64
  private var storage: ByteStorage
  private var start: Int64 = 0
  private var count = 0

  init(_ file: any LogFile, fileBytes: Int64, windowBytes: Int = 1 << 20) {
    self.file = file
    self.fileBytes = fileBytes
    storage = ByteStorage(capacity: Int(min(Int64(windowBytes), max(fileBytes, 1))))
  }

  /// Up to `wanted` bytes at `position`; fewer at the end of the file. Valid until the next call.
  mutating func bytes(at position: Int64, _ wanted: Int) throws(FileSystemError) -> UnsafeRawBufferPointer {
    let available = Int(min(Int64(wanted), max(0, fileBytes - position)))
    if position < start || position + Int64(available) > start + Int64(count) {
      if available > storage.capacity { storage = ByteStorage(capacity: available) }
      let target = UnsafeMutableRawBufferPointer(
        start: storage.base, count: Int(min(Int64(storage.capacity), max(0, fileBytes - position))))
      count = 0
      count = try file.read(into: target, at: position)
      start = position
    }
    let from = Int(position - start)
    return storage.bytes(from..<min(from + available, count))
  }

  /// The next position at or after `position` where a batch may begin: where the format's version, 2, stands and the
  /// leader epoch before it is ours, 0.
  mutating func nextCandidate(from position: Int64) throws(FileSystemError) -> Int64? {
    var position = position
    while position + Int64(BatchHeader.byteCount) <= fileBytes {
      let bytes = try bytes(at: position, 1 << 16)
      guard bytes.count >= BatchHeader.byteCount else { return nil }
      let last = bytes.count - BatchHeader.byteCount
      var at = 0
      while at <= last {
        if bytes[at + 16] == 2, bytes[at + 12] | bytes[at + 13] | bytes[at + 14] | bytes[at + 15] == 0 {
          return position + Int64(at)
        }
        at += 1
      }
      position += Int64(last + 1)
    }
    return nil
  }
}
