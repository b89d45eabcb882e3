/// The accepted written forms of numbers, dates and instants. `ParseStatement` writes the same forms as SQL patterns;
/// a test holds both to the same answers.
package enum TextForms {
  package typealias Bytes = UnsafeBufferPointer<UInt8>

  /// Without the ASCII white space around it.
  @inline(__always)
  static func trimmed(_ start: UnsafePointer<UInt8>, _ count: Int) -> Bytes {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte &- 0x09 <= 4 }
    var start = start
    var count = count
    while count > 0, isSpace(start[0]) {
      start += 1
      count &-= 1
    }
    while count > 0, isSpace(start[count &- 1]) { count &-= 1 }
    return Bytes(start: start, count: count)
  }

  /// `[+-]`, 1 to 9 digits, optionally a fraction of zeros.
  @inline(__always)
  package static func integer(_ text: Bytes) -> Int64? {
    var index = 0
    var isNegative = false
    if text.count > 0, text[0] == 0x2d || text[0] == 0x2b {
      isNegative = text[0] == 0x2d
      index = 1
    }
    let start = index
    var value: Int64 = 0
    while index < text.count, text[index] &- 0x30 <= 9 {
      if index - start == 9 { return nil }
      value = value &* 10 &+ Int64(text[index] &- 0x30)
      index += 1
    }
    guard index > start else { return nil }
    if index < text.count {
      guard text[index] == 0x2e, index + 1 < text.count else { return nil }
      index += 1
      while index < text.count {
        guard text[index] == 0x30 else { return nil }
        index += 1
      }
    }
    return isNegative ? -value : value
  }

  /// `[+-]`, 1 to 9 digits, optionally a point and 1 to 9 digits.
  package static func double(_ text: Bytes) -> Double? {
    var index = 0
    if text.count > 0, text[0] == 0x2d || text[0] == 0x2b { index = 1 }
    let whole = index
    while index < text.count, text[index] &- 0x30 <= 9 { index += 1 }
    guard (1...9).contains(index - whole) else { return nil }
    if index < text.count {
      guard text[index] == 0x2e else { return nil }
      let fraction = index + 1
      index = fraction
      while index < text.count, text[index] &- 0x30 <= 9 { index += 1 }
      guard index == text.count, (1...9).contains(index - fraction) else { return nil }
    }
    return Double(String(decoding: text, as: UTF8.self))
  }

  /// `yyyy-mm-dd`, days since 1970-01-01.
  @inline(__always)
  package static func date(_ text: Bytes) -> Int32? {
    guard text.count == 10, let days = leadingDate(text) else { return nil }
    return Int32(days)
  }

  /// `yyyy-mm-dd`, `T` or a space, `hh:mm[:ss[.f…]]` with up to 9 digits of fraction (microseconds are kept), then
  /// nothing (UTC), `Z`, or an offset `±hh`, `±hhmm`, `±hh:mm`. Microseconds since 1970-01-01T00:00:00Z.
  @inline(__always)
  package static func timestamp(_ text: Bytes) -> Int64? {
    let count = text.count
    guard count >= 16, text[10] == 0x54 || text[10] == 0x20, text[13] == 0x3a, let days = leadingDate(text) else { return nil }
    let hour = two(text, 11)
    let minute = two(text, 14)
    guard hour >= 0, hour < 24, minute >= 0, minute < 60 else { return nil }
    var second = 0
    var micros = 0
    var index = 16
    if index < count, text[index] == 0x3a {
      guard count >= 19 else { return nil }
      second = two(text, 17)
      guard second >= 0, second < 60 else { return nil }
      index = 19
      if index < count, text[index] == 0x2e {
        index += 1
        let start = index
        while index < count, text[index] &- 0x30 <= 9 {
          if index - start < 6 { micros = micros &* 10 &+ Int(text[index] &- 0x30) }
          index += 1
        }
        let digits = index - start
        guard digits >= 1, digits <= 9 else { return nil }
        for _ in 0..<max(0, 6 - digits) { micros = micros &* 10 }
      }
    }
    var offset = 0
    if index < count {
      guard let minutes = zoneOffset(text, index) else { return nil }
      offset = minutes
    }
    let seconds = days &* 86_400 &+ hour &* 3_600 &+ minute &* 60 &+ second &- offset &* 60
    return Int64(seconds) &* 1_000_000 &+ Int64(micros)
  }

  /// Minutes east of UTC of what stands from `index` to the end.
  private static func zoneOffset(_ text: Bytes, _ index: Int) -> Int? {
    let left = text.count - index
    if left == 1, text[index] == 0x5a || text[index] == 0x7a { return 0 }
    guard text[index] == 0x2b || text[index] == 0x2d, left >= 3 else { return nil }
    let hours = two(text, index + 1)
    var minutes = 0
    switch left {
    case 3: break
    case 5: minutes = two(text, index + 3)
    case 6:
      guard text[index + 3] == 0x3a else { return nil }
      minutes = two(text, index + 4)
    default: return nil
    }
    guard hours >= 0, hours <= 15, minutes >= 0, minutes < 60 else { return nil }
    return (text[index] == 0x2d ? -1 : 1) * (hours * 60 + minutes)
  }

  @inline(__always)
  private static func leadingDate(_ text: Bytes) -> Int? {
    guard text.count >= 10, text[4] == 0x2d, text[7] == 0x2d else { return nil }
    let century = two(text, 0)
    let yearOfCentury = two(text, 2)
    let month = two(text, 5)
    let day = two(text, 8)
    guard century >= 0, yearOfCentury >= 0, month >= 1, month <= 12, day >= 1 else { return nil }
    let year = century &* 100 &+ yearOfCentury
    guard year >= 1, day <= daysIn(month, year) else { return nil }
    return daysFromCivil(year, month, day)
  }

  @inline(__always)
  private static func two(_ text: Bytes, _ index: Int) -> Int {
    let high = text[index] &- 0x30
    let low = text[index + 1] &- 0x30
    return high > 9 || low > 9 ? -1 : Int(high) &* 10 &+ Int(low)
  }

  private static func daysIn(_ month: Int, _ year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date algorithms").
  @inline(__always)
  static func daysFromCivil(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}
