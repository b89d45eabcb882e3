import Foundation
import Hospital
import Testing

@Suite("Civil time")
struct CivilTimeTests {
  @Test("A day's date and the date's day are each other's inverse, far back and far ahead")
  func isInvertible() {
    for days in stride(from: Int64(-200_000), through: 200_000, by: 37) {
      let date = CivilTime.date(days: days)
      #expect(CivilTime.days(year: date.year, month: date.month, day: date.day) == days)
    }
  }

  @Test("Dates and weekdays are those of Foundation's Gregorian calendar")
  func agreesWithFoundation() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
    for days in stride(from: Int64(-20_000), through: 40_000, by: 61) {
      let parts = calendar.dateComponents(
        [.year, .month, .day, .weekday], from: Date(timeIntervalSince1970: Double(days) * 86_400))
      let date = CivilTime.date(days: days)
      #expect(parts.year == Int(date.year) && parts.month == Int(date.month) && parts.day == Int(date.day))
      // Foundation counts from Sunday as 1, we from Monday as 0.
      #expect(parts.weekday == (CivilTime.weekday(days: days) + 1) % 7 + 1)
    }
  }
}
