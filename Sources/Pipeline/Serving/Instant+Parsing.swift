extension Instant {
  /// Reads an ISO 8601 date-time with an offset (`Z` or `±hh:mm`); anything else is `nil`.
  init?(text: String) {
    var reader = DateTimeReader(bytes: Array(text.utf8))
    guard let instant = reader.read() else { return nil }
    self = instant
  }

  private struct DateTimeReader {
    let bytes: [UInt8]
    var position = 0

    mutating func read() -> Instant? {
      guard let year = number(4), take("-"), let month = number(2), take("-"), let day = number(2), take("T") || take(" "),
        let hour = number(2), take(":"), let minute = number(2)
      else { return nil }
      var second: Int64 = 0
      var micros: Int64 = 0
      if take(":") {
        guard let given = number(2) else { return nil }
        second = given
        if take(".") {
          guard let fraction = fraction() else { return nil }
          micros = fraction
        }
      }
      guard let offset = offset(), position == bytes.count else { return nil }
      guard (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60 else { return nil }
      let days = CivilTime.days(year: year, month: month, day: day)
      // A day that its month has not, such as 30 February, comes back as another date.
      guard CivilTime(days: days).day == day else { return nil }
      let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset
      return Instant(microseconds: seconds * 1_000_000 + micros)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
      position += 1
      return true
    }

    private mutating func digit() -> Int64? {
      guard position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) else { return nil }
      position += 1
      return Int64(bytes[position - 1] - UInt8(ascii: "0"))
    }

    private mutating func number(_ digits: Int) -> Int64? {
      var number: Int64 = 0
      for _ in 0..<digits {
        guard let digit = digit() else { return nil }
        number = number * 10 + digit
      }
      return number
    }

    private mutating func fraction() -> Int64? {
      var number: Int64 = 0
      var scale: Int64 = 1_000_000
      var any = false
      while let digit = digit() {
        any = true
        scale /= 10
        number += digit * scale
      }
      return any ? number : nil
    }

    private mutating func offset() -> Int64? {
      if take("Z") || take("z") { return 0 }
      // A plus sign that was not percent-encoded in a query arrives as a space.
      let sign: Int64
      if take("+") || take(" ") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
      guard let hours = number(2), hours < 24 else { return nil }
      _ = take(":")
      guard let minutes = number(2), minutes < 60 else { return nil }
      return sign * (hours * 3_600 + minutes * 60)
    }
  }
}
