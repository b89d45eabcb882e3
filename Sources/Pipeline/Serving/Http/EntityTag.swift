internal import HTTPTypes
internal import Hummingbird

/// A validator of an answer. Weak, because the freshness in an answer differs each time it is written.
struct EntityTag: Sendable, CustomStringConvertible {
  let text: String

  /// - Parameter parts: all that the answer depends on.
  init(_ parts: String...) {
    // FNV-1a, 64 bits: short, the same in every process, and nobody gains by forging one.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in parts.joined(separator: "\u{1F}").utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    text = "W/\"\(String(hash, radix: 36))\""
  }

  var description: String { text }

  /// Whether the reader has this already.
  func matches(_ request: Request) -> Bool {
    guard let header = request.headers[.ifNoneMatch] else { return false }
    return header.split(separator: ",").contains { part in
      let tag = part.drop { $0 == " " }
      return tag == "*" || tag == text || tag == text.dropFirst(2)
    }
  }
}
