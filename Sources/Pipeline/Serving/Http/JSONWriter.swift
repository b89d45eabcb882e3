internal import DuckDB
internal import NIOCore

/// Writes JSON text straight into bytes. The caller keeps the structure right; commas are put by themselves.
struct JSONWriter {
  private(set) var bytes: [UInt8] = []
  private var needsComma = false

  init(capacity: Int = 1_024) { bytes.reserveCapacity(capacity) }

  var buffer: ByteBuffer { ByteBuffer(bytes: bytes) }

  mutating func object(_ body: (inout JSONWriter) -> Void) { nested("{", "}", body) }
  mutating func array(_ body: (inout JSONWriter) -> Void) { nested("[", "]", body) }

  mutating func key(_ name: String) {
    separate()
    quoted(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  mutating func field(_ name: String, _ text: String?) {
    key(name)
    if let text { string(text) } else { null() }
  }

  mutating func field(_ name: String, _ number: Int?) {
    key(name)
    if let number { raw(String(number)) } else { null() }
  }

  mutating func field(_ name: String, _ number: Double?) {
    key(name)
    if let number { self.number(number) } else { null() }
  }

  mutating func field(_ name: String, _ flag: Bool) {
    key(name)
    raw(flag ? "true" : "false")
  }

  mutating func field(_ name: String, _ instant: Instant?) {
    field(name, instant?.text)
  }

  mutating func field(_ name: String, _ value: Value) {
    key(name)
    self.value(value)
  }

  mutating func string(_ text: String) {
    separate()
    quoted(text)
  }

  mutating func null() { raw("null") }

  /// JSON has no infinity and no NaN; both are unknown.
  mutating func number(_ number: Double) {
    guard number.isFinite else { return null() }
    if let whole = Int64(exactly: number) { raw(String(whole)) } else { raw(String(number)) }
  }

  mutating func value(_ value: Value) {
    switch value {
    case .null: null()
    case .boolean(let flag): raw(flag ? "true" : "false")
    case .integer(let number): raw(String(number))
    case .double(let number): self.number(number)
    case .number(let text): raw(text)
    case .text(let text): string(text)
    case .blob(let bytes): string(Hexadecimal.text(bytes))
    case .timestamp(let micros), .timestampWithZone(let micros): string(Instant(microseconds: micros).text)
    case .date(let days): string(String(decoding: CivilTime(days: Int64(days)).dateBytes(), as: UTF8.self))
    case .list(let values):
      array { writer in
        for value in values { writer.value(value) }
      }
    case .structure(let fields):
      object { writer in
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) { writer.field(name, value) }
      }
    }
  }

  /// Puts finished JSON in place of a value.
  mutating func raw(_ text: String) {
    separate()
    bytes.append(contentsOf: text.utf8)
    needsComma = true
  }

  /// Puts finished fields (`"a":1,"b":2`) into the object that is open.
  mutating func fields(_ finished: [UInt8]) {
    guard !finished.isEmpty else { return }
    separate()
    bytes.append(contentsOf: finished)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func nested(_ open: Unicode.Scalar, _ close: Unicode.Scalar, _ body: (inout JSONWriter) -> Void) {
    separate()
    bytes.append(UInt8(ascii: open))
    needsComma = false
    body(&self)
    bytes.append(UInt8(ascii: close))
    needsComma = true
  }

  private mutating func quoted(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0x0A: bytes.append(contentsOf: "\\n".utf8)
      case 0x0D: bytes.append(contentsOf: "\\r".utf8)
      case 0x09: bytes.append(contentsOf: "\\t".utf8)
      case 0..<0x20: bytes.append(contentsOf: "\\u00\(Hexadecimal.text([byte]))".utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
