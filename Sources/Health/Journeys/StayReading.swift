/// Makes movements of the stay records of one journey: the rules of `models/silver/movement.sql`, first half.
enum StayReading {
  /// Movements that stand as they are, and those that must be put in order with others.
  struct Result {
    var plain: [JourneyMovement] = []
    var entries: [MovementEntry] = []
  }

  /// - Parameter isMixed: whether the journey has movement records too.
  static func read(_ records: [SilverStayRecord], isMixed: Bool) -> Result {
    var result = Result()
    if records.isEmpty { return result }
    let versions = Version.of(records)
    for version in versions where version.isSuperseded { result.entries.append(superseded(version)) }
    for stay in stays(versions.filter { !$0.isSuperseded }) {
      if stay.count == 1, !isMixed { appendPlain(stay[0], to: &result.plain) } else { result.entries += told(stay) }
    }
    return result
  }

  /// A content that another one replaced stays to be seen, as a cancelled admission.
  private static func superseded(_ version: Version<SilverStayRecord>) -> MovementEntry {
    let record = version.record
    var movement = JourneyMovement(record, type: .admit, occurredAt: record.admissionTime)
    movement.department = record.department
    movement.bedID = record.bedID
    movement.gender = record.gender
    movement.age = record.age
    movement.waitMinutes = record.waitMinutes
    movement.isCancelled = true
    movement.duplicates = version.duplicates
    movement.flags = FlagList.joined(record.flags, "id_reused")
    return MovementEntry(movement, slot: 0)
  }

  /// Groups versions to stays: overlapping encounters of one journey are one. Each stay is in the order of its records.
  private static func stays(_ versions: [Version<SilverStayRecord>]) -> [[Version<SilverStayRecord>]] {
    if versions.count <= 1 { return versions.isEmpty ? [] : [versions] }
    var encounters: [Int64: [Version<SilverStayRecord>]] = [:]
    for version in versions { encounters[version.record.encounterKey, default: []].append(version) }
    if encounters.count == 1 { return [versions] }
    // The latest record of an encounter tells from when to when it lasts.
    let spans = encounters.values.map { members in
      let last = members[members.count - 1].record
      return (begin: last.admissionTime, end: last.dischargeTime ?? Eternity.future, key: last.encounterKey, members: members)
    }.sorted { ($0.begin, $0.end, $0.key) < ($1.begin, $1.end, $1.key) }
    var stays: [[Version<SilverStayRecord>]] = []
    var reach = Int64.min
    for span in spans {
      if reach > span.begin, !stays.isEmpty { stays[stays.count - 1] += span.members } else { stays.append(span.members) }
      reach = max(reach, span.end)
    }
    return stays.map { stay in stay.sorted { Version.isBefore($0.record, $1.record) } }
  }

  /// A stay told by one record: nothing to put in order.
  private static func appendPlain(_ version: Version<SilverStayRecord>, to movements: inout [JourneyMovement]) {
    let record = version.record
    let dischargedAt = record.dischargeTime.flatMap { $0 <= record.recordedAt ? $0 : nil }
    let expected = dischargedAt == nil ? record.dischargeTime : nil
    var admission = JourneyMovement(record, type: .admit, occurredAt: record.admissionTime)
    admission.movementKey = record.contentHash &* 8
    admission.department = record.department
    admission.bedID = record.bedID
    admission.gender = record.gender
    admission.age = record.age
    admission.waitMinutes = record.waitMinutes
    admission.expectedDischargeTime = expected
    admission.duplicates = version.duplicates
    admission.flags = version.isReused ? FlagList.joined(record.flags, "id_reused") : record.flags
    admission.outcome = .init(
      placeNumber: 1, places: 1, arrivedAt: nil, admittedAt: record.admissionTime, leftAt: dischargedAt, dischargedAt: dischargedAt,
      knownAt: record.recordedAt, knownEnqueuedAt: record.enqueuedAt)
    movements.append(admission)
    guard record.dischargeTime != nil else { return }
    var end = JourneyMovement(
      record, type: dischargedAt == nil ? .expectedDischarge : .discharge, occurredAt: dischargedAt ?? record.recordedAt)
    end.movementKey = record.contentHash &* 8 &+ 2
    end.expectedDischargeTime = expected
    movements.append(end)
  }

  /// A stay told by several records, or beside movement records: what is said of the place is carried forward from record
  /// to record; the latest gives encounter, patient and times; of persons and waits the latest that says them.
  private static func told(_ stay: [Version<SilverStayRecord>]) -> [MovementEntry] {
    guard let last = stay.last?.record else { return [] }
    let sections = StaySection.sections(of: stay.map(\.record), admissionTime: last.admissionTime, dischargeTime: last.dischargeTime)
    var flags = last.flags
    if stay.contains(where: \.isReused) { flags = FlagList.joined(flags, "id_reused") }
    if stay.contains(where: { $0.record.encounterKey != last.encounterKey }) { flags = FlagList.joined(flags, "admission_corrected") }
    var entries: [MovementEntry] = []
    for (number, section) in sections.enumerated() {
      let isFirst = number == 0
      var movement = JourneyMovement(last, type: isFirst ? .admit : .transfer, occurredAt: isFirst ? last.admissionTime : section.since.recordedAt)
      movement.department = section.department
      movement.bedID = section.bedID
      if isFirst {
        movement.gender = stay.last { $0.record.gender != nil }?.record.gender
        movement.age = stay.last { $0.record.age != nil }?.record.age
        movement.waitMinutes = stay.last { $0.record.waitMinutes != nil }?.record.waitMinutes
        movement.duplicates = stay.reduce(0) { $0 + $1.duplicates }
        movement.flags = flags
      } else {
        movement.recordedAt = section.since.recordedAt
        movement.enqueuedAt = section.since.enqueuedAt
        movement.contentHash = section.since.contentHash
      }
      entries.append(MovementEntry(movement, slot: isFirst ? 0 : 1))
    }
    if let discharge = last.dischargeTime {
      let isDischarged = discharge <= last.recordedAt
      var end = JourneyMovement(last, type: isDischarged ? .discharge : .expectedDischarge, occurredAt: min(discharge, last.recordedAt))
      if !isDischarged { end.expectedDischargeTime = discharge }
      entries.append(MovementEntry(end, slot: 2))
    }
    return entries
  }
}
