/// How a sender writes its instants.
public enum TimeText: Hashable, Sendable {
  /// With a `Z`.
  case zulu
  /// In UTC without saying so.
  case bare
  /// In local time with its offset from UTC in minutes, such as `+05:30`.
  case offset(minutes: Int)
}
