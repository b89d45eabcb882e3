/// Whether bytes are well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms, nothing above U+10FFFF).
enum UTF8Check {
  static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    let count = bytes.count
    while index < count {
      // Eight ASCII bytes at a time; nearly every record is nothing else.
      while index &+ 8 <= count, bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0 { index &+= 8 }
      guard index < count else { return true }
      let first = bytes[index]
      if first < 0x80 {
        index &+= 1
        continue
      }
      guard let length = sequence(bytes, index, first) else { return false }
      index &+= length
    }
    return true
  }

  private static func sequence(_ bytes: UnsafeRawBufferPointer, _ index: Int, _ first: UInt8) -> Int? {
    func follows(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xbf) -> Bool {
      index + offset < bytes.count && range.contains(bytes[index + offset])
    }
    switch first {
    case 0xc2...0xdf: return follows(1) ? 2 : nil
    case 0xe0: return follows(1, 0xa0...0xbf) && follows(2) ? 3 : nil
    case 0xed: return follows(1, 0x80...0x9f) && follows(2) ? 3 : nil
    case 0xe1...0xef: return follows(1) && follows(2) ? 3 : nil
    case 0xf0: return follows(1, 0x90...0xbf) && follows(2) && follows(3) ? 4 : nil
    case 0xf1...0xf3: return follows(1) && follows(2) && follows(3) ? 4 : nil
    case 0xf4: return follows(1, 0x80...0x8f) && follows(2) && follows(3) ? 4 : nil
    default: return nil
    }
  }
}
