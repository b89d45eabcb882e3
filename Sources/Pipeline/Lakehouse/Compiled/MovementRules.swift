internal import Hospital
internal import Journeys

/// `models/silver/movement_record.sql`, and what `quarantine.sql` says of movements, told in Swift.
struct MovementRules {
  private let type: Int
  private let encounterClass: Int
  private let occurredAt: Int
  private let recordedAt: Int
  private let department: Int
  private let room: Int
  private let bed: Int
  private let gender: Int
  private let age: Int
  private let birthDate: Int
  private let seenAt: Int
  private let admitDecisionAt: Int
  private let expectedDischargeTime: Int
  private let disposition: Int
  private let cancels: Int
  private let wrong: Int

  init(_ row: ParsedRow) throws(LakehouseError) {
    type = try SilverRules.column(row, "type")
    encounterClass = try SilverRules.column(row, "class")
    occurredAt = try SilverRules.column(row, "occurred_at")
    recordedAt = try SilverRules.column(row, "recorded_at")
    department = try SilverRules.column(row, "department")
    room = try SilverRules.column(row, "room")
    bed = try SilverRules.column(row, "bed_id")
    gender = try SilverRules.column(row, "gender")
    age = try SilverRules.column(row, "age")
    birthDate = try SilverRules.column(row, "birth_date")
    seenAt = try SilverRules.column(row, "seen_at")
    admitDecisionAt = try SilverRules.column(row, "admit_decision_at")
    expectedDischargeTime = try SilverRules.column(row, "expected_discharge_time")
    disposition = try SilverRules.column(row, "disposition")
    cancels = try SilverRules.column(row, "cancels_event_key")
    wrong = try SilverRules.column(row, "wrong")
  }

  func outcome(_ row: ParsedRow, isKnown: (Int32) -> Bool) -> SilverRules.Outcome<SilverMovementRecord> {
    guard let name = row.text(type) else { return .broken("unknown_type") }
    let isCancellation = name.hasPrefix("cancel_")
    guard let kind = MovementKind(isCancellation ? name.dropFirst("cancel_".count) : name[...]) else { return .broken("unknown_type") }
    guard let patientID = row.text(6), let patientKeyHash = row.number(10) else { return .broken("missing_patient") }
    guard let hospitalID = row.integer(5) else { return .broken("missing_hospital") }
    guard isKnown(hospitalID) else { return .broken("unknown_hospital") }
    guard let encounterID = row.text(7), let journeyKey = row.number(9) else { return .broken("missing_encounter") }
    let enqueuedAt = row.number(2) ?? 0
    let recordedAt = row.number(recordedAt) ?? enqueuedAt
    let sentTime = row.number(occurredAt)
    let isInFuture = sentTime.map { $0 > recordedAt + SilverRules.tolerance } ?? false
    let occurredAt = isInFuture ? recordedAt : sentTime ?? recordedAt
    let birthDate = row.number(birthDate).map { CivilTime.date(days: $0) }
    let age = row.number(age) ?? birthDate.map { Self.age(bornOn: $0, at: occurredAt) }
    let isPlausible = age.map { SilverRules.isPlausible(age: $0) }
    var flags: String?
    if !row.isNull(wrong) || sentTime == nil || isInFuture || isPlausible == false {
      let wrong = row.text(wrong)
      var found: [String] = []
      if sentTime == nil { found.append(SilverRules.has(wrong, "occurred_at") ? "occurred_unparsable" : "occurred_missing") }
      if isInFuture { found.append("occurred_in_future") }
      if isPlausible == false { found.append("age_out_of_range") }
      if SilverRules.has(wrong, "age") { found.append("age_unparsable") }
      if SilverRules.has(wrong, "recorded_at") { found.append("recorded_unparsable") }
      flags = SilverRules.joined(found)
    }
    return .usable(
      SilverMovementRecord(
        hubPartition: row.integer(0) ?? 0, hubOffset: row.number(1) ?? 0, enqueuedAt: enqueuedAt, contentHash: row.number(3) ?? 0,
        eventKey: row.number(4), cancelsEventKey: row.number(cancels), journeyKey: journeyKey, encounterKey: journeyKey,
        encounterID: encounterID, patientID: patientID, patientKeyHash: patientKeyHash, hospitalID: hospitalID, type: kind,
        isCancellation: isCancellation, encounterClass: SilverRules.trimmed(row.text(encounterClass)), occurredAt: occurredAt,
        recordedAt: recordedAt, department: SilverRules.trimmed(row.text(department)), room: SilverRules.trimmed(row.text(room)),
        bedID: SilverRules.trimmed(row.text(bed)), gender: SilverRules.gender(row.text(gender)),
        age: isPlausible == true ? age.map(Int32.init(truncatingIfNeeded:)) : nil,
        birthYear: isPlausible == true ? birthDate.map { Int32(truncatingIfNeeded: $0.year) } : nil, seenAt: row.number(seenAt),
        admitDecisionAt: row.number(admitDecisionAt), expectedDischargeTime: row.number(expectedDischargeTime),
        disposition: SilverRules.trimmed(row.text(disposition)), flags: flags))
  }

  /// Whole years.
  private static func age(bornOn birth: (year: Int64, month: Int64, day: Int64), at instant: Int64) -> Int64 {
    let date = CivilTime.date(days: CivilTime.floorDivide(instant, CivilTime.day))
    let isBeforeBirthday = date.month * 100 + date.day < birth.month * 100 + birth.day
    return date.year - birth.year - (isBeforeBirthday ? 1 : 0)
  }
}
