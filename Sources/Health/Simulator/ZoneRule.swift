import Hospital

/// A time zone's offset from UTC and its daylight saving, by rule rather than by a database, so that a seed gives the same events on
/// every machine. The rules are those in force since 2008; the simulator needs no older times.
public struct ZoneRule: Hashable, Sendable {
  /// When clocks are one hour ahead.
  public enum Daylight: Hashable, Sendable {
    case never
    /// Last Sunday of March to last Sunday of October, at 01:00 UTC.
    case european
    /// Second Sunday of March to first Sunday of November, at 02:00 local time.
    case northAmerican
    /// First Sunday of October to first Sunday of April, at 02:00 standard time.
    case australian
  }

  public var standardMinutes: Int
  public var daylight: Daylight

  public init(standardMinutes: Int, daylight: Daylight = .never) {
    self.standardMinutes = standardMinutes
    self.daylight = daylight
  }

  /// The zones that the simulator knows by name.
  public static let known: [String: ZoneRule] = [
    "UTC": ZoneRule(standardMinutes: 0),
    "Europe/London": ZoneRule(standardMinutes: 0, daylight: .european),
    "Europe/Dublin": ZoneRule(standardMinutes: 0, daylight: .european),
    "Europe/Lisbon": ZoneRule(standardMinutes: 0, daylight: .european),
    "Europe/Amsterdam": ZoneRule(standardMinutes: 60, daylight: .european),
    "Europe/Berlin": ZoneRule(standardMinutes: 60, daylight: .european),
    "Europe/Madrid": ZoneRule(standardMinutes: 60, daylight: .european),
    "Europe/Paris": ZoneRule(standardMinutes: 60, daylight: .european),
    "Europe/Rome": ZoneRule(standardMinutes: 60, daylight: .european),
    "Europe/Vienna": ZoneRule(standardMinutes: 60, daylight: .european),
    "Europe/Zurich": ZoneRule(standardMinutes: 60, daylight: .european),
    "Europe/Athens": ZoneRule(standardMinutes: 120, daylight: .european),
    "Europe/Helsinki": ZoneRule(standardMinutes: 120, daylight: .european),
    "America/New_York": ZoneRule(standardMinutes: -300, daylight: .northAmerican),
    "America/Chicago": ZoneRule(standardMinutes: -360, daylight: .northAmerican),
    "America/Denver": ZoneRule(standardMinutes: -420, daylight: .northAmerican),
    "America/Phoenix": ZoneRule(standardMinutes: -420),
    "America/Los_Angeles": ZoneRule(standardMinutes: -480, daylight: .northAmerican),
    "America/Toronto": ZoneRule(standardMinutes: -300, daylight: .northAmerican),
    "Asia/Kolkata": ZoneRule(standardMinutes: 330),
    "Asia/Kathmandu": ZoneRule(standardMinutes: 345),
    "Asia/Singapore": ZoneRule(standardMinutes: 480),
    "Asia/Tokyo": ZoneRule(standardMinutes: 540),
    "Australia/Adelaide": ZoneRule(standardMinutes: 570, daylight: .australian),
    "Australia/Sydney": ZoneRule(standardMinutes: 600, daylight: .australian),
  ]

  /// The offset at an instant, and the instant until which it holds.
  public func offset(at instant: Int64) -> (minutes: Int, until: Int64) {
    guard daylight != .never else { return (standardMinutes, .max) }
    let year = CivilTime.date(days: CivilTime.floorDivide(instant, CivilTime.day)).year
    var current = standardMinutes
    // A change around new year's day may fall in the neighbouring year of UTC.
    for candidate in (year - 1)...(year + 1) {
      for change in changes(in: candidate) {
        if change.at > instant { return (current, change.at) }
        current = change.minutes
      }
    }
    return (current, .max)
  }

  private func changes(in year: Int64) -> [(at: Int64, minutes: Int)] {
    let shift = Int64(standardMinutes) * CivilTime.minute
    switch daylight {
    case .never: return []
    case .european:
      let start = lastSunday(year, 3) * CivilTime.day + CivilTime.hour
      let end = lastSunday(year, 10) * CivilTime.day + CivilTime.hour
      return [(start, standardMinutes + 60), (end, standardMinutes)]
    case .northAmerican:
      let start = firstSunday(year, 3, from: 8) * CivilTime.day + 2 * CivilTime.hour - shift
      let end = firstSunday(year, 11, from: 1) * CivilTime.day + CivilTime.hour - shift
      return [(start, standardMinutes + 60), (end, standardMinutes)]
    case .australian:
      let end = firstSunday(year, 4, from: 1) * CivilTime.day + 2 * CivilTime.hour - shift
      let start = firstSunday(year, 10, from: 1) * CivilTime.day + 2 * CivilTime.hour - shift
      return [(end, standardMinutes), (start, standardMinutes + 60)]
    }
  }

  private func firstSunday(_ year: Int64, _ month: Int64, from day: Int64) -> Int64 {
    let first = CivilTime.days(year: year, month: month, day: day)
    return first + Int64((6 - CivilTime.weekday(days: first) + 7) % 7)
  }

  private func lastSunday(_ year: Int64, _ month: Int64) -> Int64 {
    firstSunday(year, month, from: 25)
  }
}
