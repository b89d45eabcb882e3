/// Walks one JSON text (RFC 8259) strictly and without copying. Bytes are valid UTF-8 already.
///
/// The caller keeps the memory alive while the cursor and the tokens it gave are used.
struct JSONCursor {
  /// Deeper nesting than any event needs; a limit, so that hostile input can't exhaust the stack.
  static let deepest = 64

  enum Kind: UInt8 {
    case string, number, null, other
  }

  /// A value as it stands. For strings the bytes between the quotes.
  struct Token {
    var kind: Kind
    var start: Int
    var count: Int
    var hasEscape: Bool
  }

  let base: UnsafePointer<UInt8>
  let count: Int
  var index = 0

  init(_ bytes: UnsafeRawBufferPointer) {
    // An empty buffer has no address; nothing is read from the stand-in.
    let nothing: StaticString = ""
    base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? nothing.utf8Start
    count = bytes.count
  }

  @inline(__always)
  mutating func skipSpace() {
    while index < count {
      let byte = base[index]
      guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return }
      index &+= 1
    }
  }

  /// Consumes `byte` if it stands here.
  @inline(__always)
  mutating func take(_ byte: UInt8) -> Bool {
    guard index < count, base[index] == byte else { return false }
    index &+= 1
    return true
  }

  /// A string whose opening quote stands here; `nil` if it is malformed.
  @inline(__always)
  mutating func string() -> Token? {
    guard take(0x22) else { return nil }
    let start = index
    var hasEscape = false
    while index < count {
      let byte = base[index]
      if byte == 0x22 {
        let token = Token(kind: .string, start: start, count: index - start, hasEscape: hasEscape)
        index &+= 1
        return token
      }
      if byte == 0x5c {
        hasEscape = true
        guard escape() else { return nil }
      } else if byte < 0x20 {
        return nil
      } else {
        index &+= 1
      }
    }
    return nil
  }

  /// Any value; `nil` if it is malformed or too deep.
  @inline(__always)
  mutating func value(depth: Int = 0) -> Token? {
    guard index < count else { return nil }
    let start = index
    switch base[index] {
    case 0x22: return string()
    case 0x7b, 0x5b: return container(depth: depth) ? Token(kind: .other, start: start, count: index - start, hasEscape: false) : nil
    case 0x74: return literal("true") ? Token(kind: .other, start: start, count: 4, hasEscape: false) : nil
    case 0x66: return literal("false") ? Token(kind: .other, start: start, count: 5, hasEscape: false) : nil
    case 0x6e: return literal("null") ? Token(kind: .null, start: start, count: 4, hasEscape: false) : nil
    default: return number() ? Token(kind: .number, start: start, count: index - start, hasEscape: false) : nil
    }
  }

  private mutating func container(depth: Int) -> Bool {
    guard depth < Self.deepest else { return false }
    let isObject = base[index] == 0x7b
    let end: UInt8 = isObject ? 0x7d : 0x5d
    index &+= 1
    skipSpace()
    if take(end) { return true }
    while true {
      if isObject {
        guard string() != nil else { return false }
        skipSpace()
        guard take(0x3a) else { return false }
        skipSpace()
      }
      guard value(depth: depth + 1) != nil else { return false }
      skipSpace()
      if take(0x2c) {
        skipSpace()
        continue
      }
      return take(end)
    }
  }

  private mutating func literal(_ text: StaticString) -> Bool {
    let length = text.utf8CodeUnitCount
    guard count - index >= length else { return false }
    for offset in 0..<length where base[index + offset] != text.utf8Start[offset] { return false }
    index &+= length
    return true
  }

  @inline(__always)
  private mutating func number() -> Bool {
    _ = take(0x2d)
    guard index < count else { return false }
    if base[index] == 0x30 {
      index &+= 1
    } else {
      guard digits() else { return false }
    }
    if take(0x2e) { guard digits() else { return false } }
    if index < count, base[index] | 0x20 == 0x65 {
      index &+= 1
      if !take(0x2b) { _ = take(0x2d) }
      guard digits() else { return false }
    }
    return true
  }

  @inline(__always)
  private mutating func digits() -> Bool {
    let start = index
    while index < count, base[index] &- 0x30 <= 9 { index &+= 1 }
    return index > start
  }

  /// Checks the escape that stands here and goes behind it. A surrogate must have its other half.
  private mutating func escape() -> Bool {
    guard index + 1 < count else { return false }
    switch base[index + 1] {
    case 0x22, 0x5c, 0x2f, 0x62, 0x66, 0x6e, 0x72, 0x74:
      index &+= 2
      return true
    case 0x75:
      guard let unit = hex(at: index + 2) else { return false }
      index &+= 6
      switch unit {
      case 0xd800...0xdbff:
        guard index + 1 < count, base[index] == 0x5c, base[index + 1] == 0x75, let low = hex(at: index + 2),
          (0xdc00...0xdfff).contains(low)
        else { return false }
        index &+= 6
        return true
      case 0xdc00...0xdfff: return false
      default: return true
      }
    default: return false
    }
  }

  private func hex(at position: Int) -> UInt32? {
    guard position + 4 <= count else { return nil }
    var value: UInt32 = 0
    for offset in 0..<4 {
      let byte = base[position + offset]
      let digit: UInt8
      switch byte {
      case 0x30...0x39: digit = byte - 0x30
      case 0x41...0x46: digit = byte - 0x37
      case 0x61...0x66: digit = byte - 0x57
      default: return nil
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  /// Writes the string's characters without escapes to `target`, which has room for `token.count` bytes.
  /// - Returns: how many bytes were written.
  func unescape(_ token: Token, to target: UnsafeMutablePointer<UInt8>) -> Int {
    var read = token.start
    let end = token.start + token.count
    var written = 0
    func put(_ byte: UInt8) {
      target[written] = byte
      written += 1
    }
    while read < end {
      let byte = base[read]
      guard byte == 0x5c else {
        put(byte)
        read += 1
        continue
      }
      let kind = base[read + 1]
      read += 2
      switch kind {
      case 0x62: put(0x08)
      case 0x66: put(0x0c)
      case 0x6e: put(0x0a)
      case 0x72: put(0x0d)
      case 0x74: put(0x09)
      case 0x75:
        var scalar = hex(at: read) ?? 0
        read += 4
        if (0xd800...0xdbff).contains(scalar), let low = hex(at: read + 2) {
          scalar = 0x10000 + ((scalar - 0xd800) << 10) + (low - 0xdc00)
          read += 6
        }
        // At most as many bytes as the escape took: \uXXXX is 6 for 3, a pair is 12 for 4.
        if let character = Unicode.Scalar(scalar) { for unit in UTF8.encode(character) ?? .init() { put(unit) } }
      default: put(kind)
      }
    }
    return written
  }
}
