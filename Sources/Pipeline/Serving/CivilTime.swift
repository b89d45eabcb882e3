/// Year, month, day and time of day in UTC. The calendar arithmetic is Howard Hinnant's `civil_from_days` and its inverse.
struct CivilTime: Hashable {
  var year: Int64
  var month: Int64
  var day: Int64
  var secondOfDay: Int64
  var microsecond: Int64

  init(_ instant: Instant) {
    let (seconds, micros) = Self.floored(instant.microseconds, 1_000_000)
    let (days, rest) = Self.floored(seconds, 86_400)
    self.init(days: days)
    secondOfDay = rest
    microsecond = micros
  }

  /// - Parameter days: days since 1970-01-01.
  init(days: Int64) {
    let shifted = days + 719_468
    let (era, dayOfEra) = Self.floored(shifted, 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    secondOfDay = 0
    microsecond = 0
  }

  /// Days from 1970-01-01 to the given date.
  static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = floored(shiftedYear, 400)
    let shiftedMonth = month > 2 ? month - 3 : month + 9
    let dayOfYear = (153 * shiftedMonth + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  static func floored(_ value: Int64, _ divisor: Int64) -> (Int64, Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }

  func dateBytes() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(27)
    append(year, digits: 4, to: &bytes)
    bytes.append(UInt8(ascii: "-"))
    append(month, digits: 2, to: &bytes)
    bytes.append(UInt8(ascii: "-"))
    append(day, digits: 2, to: &bytes)
    return bytes
  }

  func bytes(fractionDigits: Int) -> [UInt8] {
    var bytes = dateBytes()
    bytes.append(UInt8(ascii: "T"))
    append(secondOfDay / 3_600, digits: 2, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    append(secondOfDay / 60 % 60, digits: 2, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    append(secondOfDay % 60, digits: 2, to: &bytes)
    if fractionDigits > 0 {
      bytes.append(UInt8(ascii: "."))
      append(fractionDigits == 3 ? microsecond / 1_000 : microsecond, digits: fractionDigits, to: &bytes)
    }
    bytes.append(UInt8(ascii: "Z"))
    return bytes
  }

  private func append(_ number: Int64, digits: Int, to bytes: inout [UInt8]) {
    let text = String(max(0, number))
    for _ in 0..<max(0, digits - text.utf8.count) { bytes.append(UInt8(ascii: "0")) }
    bytes.append(contentsOf: text.utf8)
  }
}
