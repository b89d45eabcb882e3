internal import Hospital
internal import Journeys

/// What one batch brings to silver, in memory: the parse and the record models' twin in one pass.
struct SilverBatch: Sendable {
  struct Quarantined: Sendable {
    var hubPartition: Int32
    var hubOffset: Int64
    var enqueuedAt: Int64
    var hospitalID: Int32?
    var rule: String
  }

  /// A field that no schema declares, in a shape.
  struct DriftKey: Hashable, Sendable {
    var shape: EventShape
    var field: String
  }

  struct Drift: Sendable {
    var records: Int64 = 0
    var firstSeenAt = Int64.max
    var lastSeenAt = Int64.min
  }

  var stays: [SilverStayRecord] = []
  var movements: [SilverMovementRecord] = []
  var quarantined: [Quarantined] = []
  var drift: [DriftKey: Drift] = [:]
  /// Usable records by hospital.
  var recordsByHospital: [Int: Int] = [:]
  /// The first instants of the UTC months in which the records lie.
  var months: Set<Int64> = []
  /// The latest time that a sender stated, microseconds since 1970; where there was none, `recorded_at` is the hub's time.
  var latestStated: Int64?
  /// A department changed: what the rules look up is not what holds.
  var hasDepartments = false

  private var month: ClosedRange<Int64>?

  mutating func append(_ record: SilverStayRecord) {
    stays.append(record)
    note(record.hospitalID, recordedAt: record.recordedAt, enqueuedAt: record.enqueuedAt)
    note(month: record.recordedAt)
    note(month: record.admissionTime)
  }

  mutating func append(_ record: SilverMovementRecord) {
    movements.append(record)
    note(record.hospitalID, recordedAt: record.recordedAt, enqueuedAt: record.enqueuedAt)
    note(month: record.occurredAt)
  }

  /// Counts the fields of a row that no schema declares.
  mutating func countDrift(_ names: String, _ shape: EventShape, enqueuedAt: Int64) {
    for name in names.split(separator: ",").prefix(64) {
      let key = DriftKey(shape: shape, field: String(name))
      var seen = drift[key] ?? Drift()
      seen.records += 1
      seen.firstSeenAt = min(seen.firstSeenAt, enqueuedAt)
      seen.lastSeenAt = max(seen.lastSeenAt, enqueuedAt)
      drift[key] = seen
    }
  }

  /// Adds what another partition brought.
  mutating func append(_ other: SilverBatch) {
    stays += other.stays
    movements += other.movements
    quarantined += other.quarantined
    drift.merge(other.drift) { one, two in
      Drift(records: one.records + two.records, firstSeenAt: min(one.firstSeenAt, two.firstSeenAt), lastSeenAt: max(one.lastSeenAt, two.lastSeenAt))
    }
    recordsByHospital.merge(other.recordsByHospital, uniquingKeysWith: +)
    months.formUnion(other.months)
    if let latest = other.latestStated { latestStated = max(latestStated ?? Int64.min, latest) }
    hasDepartments = hasDepartments || other.hasDepartments
  }

  private mutating func note(_ hospitalID: Int32, recordedAt: Int64, enqueuedAt: Int64) {
    recordsByHospital[Int(hospitalID), default: 0] += 1
    if recordedAt != enqueuedAt { latestStated = max(latestStated ?? Int64.min, recordedAt) }
  }

  private mutating func note(month instant: Int64) {
    if let month, month.contains(instant) { return }
    let date = CivilTime.date(days: CivilTime.floorDivide(instant, CivilTime.day))
    let start = CivilTime.instant(year: date.year, month: date.month, day: 1)
    let next = CivilTime.instant(year: date.month == 12 ? date.year + 1 : date.year, month: date.month == 12 ? 1 : date.month + 1, day: 1)
    month = start...(next - 1)
    months.insert(start)
  }
}
