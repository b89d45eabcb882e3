/// A file as programs see it and as the disk has it.
struct FaultFileContent: Sendable {
  static let page = 4096
  static let sector = 512

  var memory: [UInt8]
  var disk: [UInt8]
  /// Pages that the next flush will write. After a failed flush they are clean although the disk does not have them.
  var dirty: Set<Int> = []

  init(memory: [UInt8], disk: [UInt8]) {
    self.memory = memory
    self.disk = disk
  }

  mutating func write(_ bytes: UnsafeRawBufferPointer, at position: Int) {
    guard !bytes.isEmpty else { return }
    let end = position + bytes.count
    if memory.count < end { memory.append(contentsOf: repeatElement(0, count: end - memory.count)) }
    memory.replaceSubrange(position..<end, with: bytes)
    dirty.formUnion(position / Self.page...(end - 1) / Self.page)
  }

  mutating func truncate(to size: Int) {
    if size < memory.count {
      memory.removeSubrange(size...)
      // The rest of the last page reads as zeros if the file grows again.
      dirty = dirty.filter { $0 * Self.page < size }
      if size % Self.page != 0 { dirty.insert(size / Self.page) }
    } else {
      memory.append(contentsOf: repeatElement(0, count: size - memory.count))
    }
  }

  mutating func flush() {
    resizeDisk(to: memory.count)
    for page in dirty { copyToDisk(page * Self.page..<(page + 1) * Self.page) }
    dirty = []
  }

  /// Some pages reach the disk; all of them count as written from now on.
  mutating func failFlush(_ random: inout SeededGenerator) {
    if Bool.random(using: &random) { resizeDisk(to: memory.count) }
    for page in dirty.sorted() where Bool.random(using: &random) { copyToDisk(page * Self.page..<(page + 1) * Self.page) }
    dirty = []
  }

  /// Clean pages are read from the disk again.
  mutating func dropCache() {
    for start in stride(from: 0, to: memory.count, by: Self.page) where !dirty.contains(start / Self.page) {
      let end = min(start + Self.page, memory.count)
      let known = min(max(disk.count, start), end)
      memory.replaceSubrange(start..<known, with: disk[min(start, disk.count)..<min(known, disk.count)])
      memory.replaceSubrange(known..<end, with: repeatElement(0, count: end - known))
    }
  }

  mutating func crash(_ random: inout SeededGenerator) {
    switch Int.random(in: 0..<4, using: &random) {
    case 0: break
    case 1: resizeDisk(to: Int.random(in: min(disk.count, memory.count)...max(disk.count, memory.count), using: &random))
    default: resizeDisk(to: memory.count)
    }
    for page in dirty.sorted() {
      for start in stride(from: page * Self.page, to: (page + 1) * Self.page, by: Self.sector)
      where Int.random(in: 0..<4, using: &random) != 0 {
        copyToDisk(start..<start + Self.sector)
      }
    }
    dirty = []
    memory = disk
  }

  private mutating func resizeDisk(to size: Int) {
    if size < disk.count { disk.removeSubrange(size...) } else { disk.append(contentsOf: repeatElement(0, count: size - disk.count)) }
  }

  private mutating func copyToDisk(_ range: Range<Int>) {
    let range = range.clamped(to: 0..<min(memory.count, disk.count))
    if !range.isEmpty { disk.replaceSubrange(range, with: memory[range]) }
  }
}
