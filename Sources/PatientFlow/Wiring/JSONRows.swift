import Foundation

/// Makes one JSON list of lines of JSON while they come.
struct JSONRows {
  private var hasRow = false
  private var isAtLineStart = true

  mutating func add(_ lines: Data) -> Data {
    var text = Data(capacity: lines.count + 16)
    for byte in lines {
      if byte == UInt8(ascii: "\n") {
        isAtLineStart = true
        continue
      }
      if isAtLineStart { text.append(contentsOf: hasRow ? ",\n".utf8 : "[".utf8) }
      isAtLineStart = false
      hasRow = true
      text.append(byte)
    }
    return text
  }

  func end() -> Data { Data((hasRow ? "]\n" : "[]\n").utf8) }
}
