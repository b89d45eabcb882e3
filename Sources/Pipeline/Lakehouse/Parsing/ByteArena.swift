/// Memory for the texts of one record at a time. What was taken stays where it is until ``empty()``.
final class ByteArena {
  private var block: UnsafeMutablePointer<UInt8>
  private var capacity = 4096
  private var used = 0
  /// Blocks that the record at hand has outgrown.
  private var outgrown: [UnsafeMutablePointer<UInt8>] = []

  init() { block = .allocate(capacity: capacity) }

  deinit {
    block.deallocate()
    for block in outgrown { block.deallocate() }
  }

  /// Drops all that was taken.
  func empty() {
    used = 0
    if outgrown.isEmpty { return }
    for block in outgrown { block.deallocate() }
    outgrown.removeAll()
  }

  func take(_ count: Int) -> UnsafeMutablePointer<UInt8> {
    if used + count > capacity {
      outgrown.append(block)
      capacity = max(capacity * 2, count)
      block = .allocate(capacity: capacity)
      used = 0
    }
    defer { used += count }
    return block + used
  }

  func copy(_ text: String) -> UnsafeRawBufferPointer {
    var text = text
    return text.withUTF8 { bytes in
      let target = take(bytes.count)
      if let source = bytes.baseAddress { target.update(from: source, count: bytes.count) }
      return UnsafeRawBufferPointer(start: target, count: bytes.count)
    }
  }
}
