internal import Journeys

/// `models/silver/stay_record.sql`, and what `quarantine.sql` says of stays, told in Swift.
struct StayRules {
  private let department: Int
  private let bed: Int
  private let gender: Int
  private let age: Int
  private let eventTime: Int
  private let admissionTime: Int
  private let dischargeTime: Int
  private let waitMinutes: Int
  private let wrong: Int

  init(_ row: ParsedRow) throws(LakehouseError) {
    department = try SilverRules.column(row, "department")
    bed = try SilverRules.column(row, "bed_id")
    gender = try SilverRules.column(row, "gender")
    age = try SilverRules.column(row, "age")
    eventTime = try SilverRules.column(row, "event_time")
    admissionTime = try SilverRules.column(row, "admission_time")
    dischargeTime = try SilverRules.column(row, "discharge_time")
    waitMinutes = try SilverRules.column(row, "wait_time_minutes")
    wrong = try SilverRules.column(row, "wrong")
  }

  func outcome(_ row: ParsedRow, isKnown: (Int32) -> Bool) -> SilverRules.Outcome<SilverStayRecord> {
    guard let patientID = row.text(6), let patientKeyHash = row.number(10) else { return .broken("missing_patient") }
    guard let hospitalID = row.integer(5) else { return .broken("missing_hospital") }
    guard isKnown(hospitalID) else { return .broken("unknown_hospital") }
    // The reader gives every stay of a patient both.
    guard let journeyKey = row.number(9), let encounterBytes = row.bytes(7) else { return .broken("missing_patient") }
    let enqueuedAt = row.number(2) ?? 0
    let eventTime = row.number(eventTime)
    let recordedAt = eventTime ?? enqueuedAt
    let sentAdmission = row.number(admissionTime)
    let sentDischarge = row.number(dischargeTime)
    let sentAge = row.integer(age)
    let isInFuture = sentAdmission.map { $0 > recordedAt + SilverRules.tolerance } ?? false
    let admission = isInFuture ? recordedAt : sentAdmission ?? recordedAt
    let isBefore = sentDischarge.map { $0 < admission } ?? false
    let isAgeWrong = sentAge.map { !SilverRules.isPlausible(age: Int64($0)) } ?? false
    var flags: String?
    if !row.isNull(wrong) || sentAdmission == nil || isInFuture || isBefore || isAgeWrong {
      let wrong = row.text(wrong)
      var found: [String] = []
      if sentAdmission == nil { found.append(SilverRules.has(wrong, "admission_time") ? "admission_unparsable" : "admission_missing") }
      if isInFuture { found.append("admission_in_future") }
      if SilverRules.has(wrong, "discharge_time") { found.append("discharge_unparsable") }
      if isBefore { found.append("discharge_before_admission") }
      if isAgeWrong { found.append("age_out_of_range") }
      if SilverRules.has(wrong, "age") { found.append("age_unparsable") }
      if SilverRules.has(wrong, "event_time") { found.append("event_time_unparsable") }
      flags = SilverRules.joined(found)
    }
    let hasEncounterID = row.boolean(8)
    return .usable(
      SilverStayRecord(
        hubPartition: row.integer(0) ?? 0, hubOffset: row.number(1) ?? 0, enqueuedAt: enqueuedAt, contentHash: row.number(3) ?? 0,
        eventKey: row.number(4), journeyKey: journeyKey, encounterKey: hasEncounterID ? journeyKey : Pseudonymizer.key(encounterBytes),
        encounterID: String(decoding: encounterBytes, as: UTF8.self), hasEncounterID: hasEncounterID, patientID: patientID,
        patientKeyHash: patientKeyHash, hospitalID: hospitalID, department: SilverRules.trimmed(row.text(department)),
        bedID: SilverRules.trimmed(row.text(bed)), gender: SilverRules.gender(row.text(gender)), age: isAgeWrong ? nil : sentAge,
        recordedAt: recordedAt, hasEventTime: eventTime != nil, admissionTime: admission, dischargeTime: isBefore ? nil : sentDischarge,
        waitMinutes: row.double(waitMinutes), flags: flags))
  }
}
