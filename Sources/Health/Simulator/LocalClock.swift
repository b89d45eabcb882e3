import Hospital

/// A hospital's local time; remembers the offset in force, because it is asked for at every arrival.
struct LocalClock: Sendable {
  let rule: ZoneRule
  private var minutes: Int
  private var from: Int64
  private var until: Int64

  init(rule: ZoneRule, at instant: Int64) {
    self.rule = rule
    (minutes, until) = rule.offset(at: instant)
    from = instant
  }

  /// The offset from UTC in minutes.
  mutating func offset(at instant: Int64) -> Int {
    if instant < from || instant >= until {
      (minutes, until) = rule.offset(at: instant)
      from = instant
    }
    return minutes
  }

  /// Microseconds since 1970-01-01T00:00 on the local clock.
  mutating func local(_ instant: Int64) -> Int64 {
    instant + Int64(offset(at: instant)) * CivilTime.minute
  }

  /// The local hour of the week; 0 is Monday at midnight.
  mutating func hourOfWeek(_ instant: Int64) -> Int {
    let local = local(instant)
    let days = CivilTime.floorDivide(local, CivilTime.day)
    return CivilTime.weekday(days: days) * 24 + Int((local - days * CivilTime.day) / CivilTime.hour)
  }
}
