internal import Hospital

/// The ends of time in the star schema, microseconds since 1970-01-01T00:00:00Z.
public enum Eternity {
  /// 1900-01-01: the first validity is open to the past.
  public static let past = CivilTime.instant(year: 1900, month: 1, day: 1)
  /// 9999-12-31: what holds has no end.
  public static let future = CivilTime.instant(year: 9999, month: 12, day: 31)
}
