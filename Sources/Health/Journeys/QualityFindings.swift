internal import Hospital

/// Rows of `gold.quality_hourly` as sums that move: `models/gold/quality_hourly.sql` told in Swift.
public struct QualityFindings: Sendable {
  public struct Key: Hashable, Sendable {
    public var rule: String
    /// 0: not known.
    public var hospitalID: Int32
    /// The start of the UTC hour in which the record reached the hub, microseconds since 1970.
    public var hourAt: Int64
  }

  /// Where flags were found: rules on single records are counted on records, rules on sets of records where the set is known.
  public enum Level: Sendable { case record, set, visit, fact }

  public private(set) var counts: [Key: Int64] = [:]

  public init() {}

  /// Counts the flags of one row, `times` (1: it is there, -1: it is no more).
  public mutating func add(flags: String?, hospitalID: Int32, enqueuedAt: Int64?, level: Level, times: Int64) {
    guard let flags, let enqueuedAt else { return }
    for rule in flags.split(separator: ",") where Self.counts(rule, level) { add(String(rule), hospitalID, enqueuedAt, times) }
  }

  public mutating func add(rule: String, hospitalID: Int32?, enqueuedAt: Int64) { add(rule, hospitalID ?? 0, enqueuedAt, 1) }

  /// Copies of a record beyond the first.
  public mutating func add(duplicates: Int32, hospitalID: Int32, enqueuedAt: Int64, times: Int64) {
    if duplicates > 0 { add("duplicate", hospitalID, enqueuedAt, Int64(duplicates) * times) }
  }

  /// - Parameter times: -1 takes it back.
  public mutating func add(_ movement: JourneyMovement, times: Int64 = 1) {
    add(
      flags: movement.flags, hospitalID: movement.hospitalID, enqueuedAt: movement.enqueuedAt, level: movement.outcome == nil ? .set : .visit,
      times: times)
    add(duplicates: movement.duplicates, hospitalID: movement.hospitalID, enqueuedAt: movement.enqueuedAt, times: times)
  }

  /// - Parameter times: -1 takes it back.
  public mutating func add(_ visit: Visit, times: Int64 = 1) {
    add(flags: visit.flags, hospitalID: visit.hospitalID, enqueuedAt: visit.enqueuedAt, level: .fact, times: times)
  }

  private mutating func add(_ rule: String, _ hospitalID: Int32, _ enqueuedAt: Int64, _ count: Int64) {
    let hour = CivilTime.floorDivide(enqueuedAt, CivilTime.hour) * CivilTime.hour
    counts[Key(rule: rule, hospitalID: hospitalID, hourAt: hour), default: 0] += count
  }

  private static func counts(_ rule: Substring, _ level: Level) -> Bool {
    switch level {
    case .record: true
    case .visit: ["id_reused", "admission_corrected", "unmatched_cancellation", "repeated_cancellation"].contains(rule)
    case .set:
      [
        "id_reused", "admission_corrected", "unmatched_cancellation", "repeated_cancellation", "movement_after_discharge",
        "discharge_without_admission",
      ].contains(rule)
    case .fact: ["unknown_department", "stay_too_long", "presumed_discharge", "inferred_admission"].contains(rule)
    }
  }
}
