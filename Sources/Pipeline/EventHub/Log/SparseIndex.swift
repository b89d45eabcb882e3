import CChecksum

/// Where some of a segment's batches begin: enough to come near any offset.
struct SparseIndex: Sendable, Hashable {
  struct Entry: Sendable, Hashable {
    /// Offset less the segment's base offset.
    var offset: UInt32
    var byte: UInt32
  }

  private(set) var entries: [Entry] = []

  /// Notes a batch if the last noted one is far enough away.
  mutating func note(offset: Int64, byte: Int64, interval: Int64) {
    guard let offset = UInt32(exactly: offset), let byte = UInt32(exactly: byte) else { return }
    if let last = entries.last, Int64(byte) - Int64(last.byte) < interval { return }
    entries.append(Entry(offset: offset, byte: byte))
  }

  /// Forgets everything at or after `byte`, which was cut off.
  mutating func truncate(to byte: Int64) {
    while let last = entries.last, Int64(last.byte) >= byte { entries.removeLast() }
  }

  /// The last noted batch that begins at or before `offset` (relative to the base): its byte and offset.
  func floor(of offset: Int64) -> Entry {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if Int64(entries[middle].offset) <= offset { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? Entry(offset: 0, byte: 0) : entries[low - 1]
  }

  // MARK: the file

  private static let magic: UInt32 = 0x5046_4831  // PFH1
  private static let headBytes = 32

  /// The index file of a finished segment. It is only a short cut: a file that does not fit its segment is made anew.
  static func encode(_ segment: Segment) -> [UInt8] {
    var bytes: [UInt8] = []
    func put<Integer: FixedWidthInteger>(_ value: Integer) {
      withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }
    put(magic)
    put(UInt32(segment.index.entries.count))
    put(segment.byteCount)
    put(segment.endOffset)
    put(segment.lastTimestamp)
    for entry in segment.index.entries {
      put(entry.offset)
      put(entry.byte)
    }
    let checksum = bytes.withUnsafeBytes { pf_crc32c(0, $0.baseAddress, $0.count) }
    put(checksum)
    return bytes
  }

  /// The segment that the file describes; nil if the file is damaged or of a log of another size.
  static func decode(_ bytes: UnsafeRawBufferPointer, baseOffset: Int64, logBytes: Int64) -> Segment? {
    func get<Integer: FixedWidthInteger>(_ position: Int, _: Integer.Type) -> Integer {
      Integer(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: Integer.self))
    }
    guard bytes.count >= headBytes + 4, get(0, UInt32.self) == magic else { return nil }
    let count = Int(get(4, UInt32.self))
    guard bytes.count == headBytes + count * 8 + 4,
      pf_crc32c(0, bytes.baseAddress, bytes.count - 4) == get(bytes.count - 4, UInt32.self),
      get(8, Int64.self) == logBytes, get(16, Int64.self) >= baseOffset
    else { return nil }
    var segment = Segment(baseOffset: baseOffset, lastTimestamp: get(24, Int64.self))
    segment.byteCount = logBytes
    segment.endOffset = get(16, Int64.self)
    segment.index.entries = (0..<count).map { entry in
      Entry(offset: get(headBytes + entry * 8, UInt32.self), byte: get(headBytes + entry * 8 + 4, UInt32.self))
    }
    return segment
  }
}
