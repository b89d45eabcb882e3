/// Writes one flat JSON object after another into memory that is kept, because a load generator writes a million a second.
public struct JSONBuffer: Sendable {
  private var storage: [UInt8]
  private var count = 0
  private var needsComma = false

  public init() {
    storage = [UInt8](repeating: 0, count: 2048)
  }

  /// The bytes written since ``removeAll()``.
  public var bytes: [UInt8] { Array(storage[..<count]) }

  /// Forgets what was written and keeps the memory.
  public mutating func removeAll() {
    count = 0
    needsComma = false
  }

  /// Opens the object, or an object within it under a name.
  public mutating func openObject(_ name: StaticString? = nil) {
    if let name { self.name(name) }
    put(UInt8(ascii: "{"))
    needsComma = false
  }

  /// Closes the object opened last.
  public mutating func closeObject() {
    put(UInt8(ascii: "}"))
    needsComma = true
  }

  /// Writes a text.
  public mutating func field(_ name: StaticString, _ value: String) {
    self.name(name)
    quoted(value)
  }

  /// Writes a text if there is one.
  public mutating func field(_ name: StaticString, _ value: String?) {
    if let value { field(name, value) }
  }

  /// Writes a whole number.
  public mutating func field(_ name: StaticString, _ value: Int64) {
    self.name(name)
    decimal(value)
  }

  /// Writes a null.
  public mutating func null(_ name: StaticString) {
    self.name(name)
    put("null")
  }

  /// Writes an instant.
  public mutating func time(_ name: StaticString, _ instant: Int64, _ style: TimeText) {
    self.name(name)
    put(UInt8(ascii: "\""))
    timestamp(instant, style)
    put(UInt8(ascii: "\""))
  }

  /// Writes an instant if there is one.
  public mutating func time(_ name: StaticString, _ instant: Int64?, _ style: TimeText) {
    if let instant { time(name, instant, style) }
  }

  /// Writes an instant, or what the sender sends in its place.
  public mutating func time(_ name: StaticString, _ value: Sent<Int64>, _ style: TimeText) {
    switch value {
    case .absent: break
    case .null: null(name)
    case .value(let instant): time(name, instant, style)
    case .text(let text): field(name, text)
    }
  }

  /// Writes a text, or what the sender sends in its place.
  public mutating func field(_ name: StaticString, _ value: Sent<String>) {
    switch value {
    case .absent: break
    case .null: null(name)
    case .value(let text), .text(let text): field(name, text)
    }
  }

  /// Writes a whole number, or what the sender sends in its place.
  public mutating func field(_ name: StaticString, _ value: Sent<Int64>) {
    switch value {
    case .absent: break
    case .null: null(name)
    case .value(let number): field(name, number)
    case .text(let text): field(name, text)
    }
  }

  /// Writes a date.
  public mutating func date(_ name: StaticString, days: Int64) {
    self.name(name)
    put(UInt8(ascii: "\""))
    calendarDate(days)
    put(UInt8(ascii: "\""))
  }

  private mutating func name(_ name: StaticString) {
    let length = name.utf8CodeUnitCount
    reserve(length + 4)
    let comma = needsComma
    let from = count
    storage.withUnsafeMutableBytes { bytes in
      var to = from
      if comma { bytes[to] = UInt8(ascii: ","); to += 1 }
      bytes[to] = UInt8(ascii: "\"")
      let source = UnsafeRawBufferPointer(start: name.utf8Start, count: length)
      UnsafeMutableRawBufferPointer(rebasing: bytes[(to + 1)...]).copyMemory(from: source)
      bytes[to + 1 + length] = UInt8(ascii: "\"")
      bytes[to + 2 + length] = UInt8(ascii: ":")
    }
    count += length + (comma ? 4 : 3)
    needsComma = true
  }

  private mutating func quoted(_ text: String) {
    var text = text
    text.withUTF8 { source in
      // Every byte may become six, as in \u001f.
      reserve(source.count * 6 + 2)
      var to = count
      storage.withUnsafeMutableBytes { bytes in
        bytes[to] = UInt8(ascii: "\"")
        to += 1
        for byte in source {
          switch byte {
          case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            bytes[to] = UInt8(ascii: "\\")
            bytes[to + 1] = byte
            to += 2
          case 0..<0x20:
            for escape in "\\u00".utf8 { bytes[to] = escape; to += 1 }
            bytes[to] = UInt8(ascii: "0") + byte >> 4
            bytes[to + 1] = Self.hexadecimal(byte & 15)
            to += 2
          default:
            bytes[to] = byte
            to += 1
          }
        }
        bytes[to] = UInt8(ascii: "\"")
      }
      count = to + 1
    }
  }

  private static func hexadecimal(_ digit: UInt8) -> UInt8 {
    digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
  }

  private mutating func decimal(_ value: Int64) {
    reserve(20)
    var to = count
    storage.withUnsafeMutableBytes { bytes in
      if value < 0 { bytes[to] = UInt8(ascii: "-"); to += 1 }
      var rest = value.magnitude
      var digits = 1
      var bound: UInt64 = 10
      while digits < 20, rest >= bound {
        digits += 1
        let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
        if overflow { break }
        bound = next
      }
      var position = to + digits
      to = position
      while position > to - digits {
        position -= 1
        bytes[position] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
      }
    }
    count = to
  }

  private mutating func timestamp(_ instant: Int64, _ style: TimeText) {
    var shift: Int64 = 0
    if case .offset(let minutes) = style { shift = Int64(minutes) }
    let local = instant + shift * CivilTime.minute
    let days = CivilTime.floorDivide(local, CivilTime.day)
    let within = local - days * CivilTime.day
    calendarDate(days)
    reserve(24)
    let seconds = Int(within / CivilTime.second)
    let milliseconds = Int(within % CivilTime.second) / 1000
    var to = count
    storage.withUnsafeMutableBytes { bytes in
      bytes[to] = UInt8(ascii: "T")
      Self.twoDigits(seconds / 3600, bytes, to + 1)
      bytes[to + 3] = UInt8(ascii: ":")
      Self.twoDigits(seconds / 60 % 60, bytes, to + 4)
      bytes[to + 6] = UInt8(ascii: ":")
      Self.twoDigits(seconds % 60, bytes, to + 7)
      to += 9
      if milliseconds > 0 {
        bytes[to] = UInt8(ascii: ".")
        bytes[to + 1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: milliseconds / 100)
        Self.twoDigits(milliseconds % 100, bytes, to + 2)
        to += 4
      }
      switch style {
      case .zulu:
        bytes[to] = UInt8(ascii: "Z")
        to += 1
      case .bare: break
      case .offset(let minutes):
        bytes[to] = UInt8(ascii: minutes < 0 ? "-" : "+")
        Self.twoDigits(abs(minutes) / 60, bytes, to + 1)
        bytes[to + 3] = UInt8(ascii: ":")
        Self.twoDigits(abs(minutes) % 60, bytes, to + 4)
        to += 6
      }
    }
    count = to
  }

  private mutating func calendarDate(_ days: Int64) {
    let date = CivilTime.date(days: days)
    reserve(10)
    let to = count
    storage.withUnsafeMutableBytes { bytes in
      Self.twoDigits(Int(date.year / 100), bytes, to)
      Self.twoDigits(Int(date.year % 100), bytes, to + 2)
      bytes[to + 4] = UInt8(ascii: "-")
      Self.twoDigits(Int(date.month), bytes, to + 5)
      bytes[to + 7] = UInt8(ascii: "-")
      Self.twoDigits(Int(date.day), bytes, to + 8)
    }
    count = to + 10
  }

  private static func twoDigits(_ value: Int, _ bytes: UnsafeMutableRawBufferPointer, _ position: Int) {
    bytes[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / 10 % 10)
    bytes[position + 1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10)
  }

  private mutating func put(_ text: StaticString) {
    reserve(text.utf8CodeUnitCount)
    let source = UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    let from = count
    storage.withUnsafeMutableBytes { UnsafeMutableRawBufferPointer(rebasing: $0[from...]).copyMemory(from: source) }
    count += text.utf8CodeUnitCount
  }

  private mutating func put(_ byte: UInt8) {
    if count == storage.count { reserve(1) }
    storage[count] = byte
    count += 1
  }

  private mutating func reserve(_ more: Int) {
    guard count + more > storage.count else { return }
    storage.append(contentsOf: repeatElement(0, count: max(storage.count, more)))
  }
}
