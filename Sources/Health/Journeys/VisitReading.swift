internal import Hospital

/// Makes the rows of `gold.fact_patient_flow` of one journey: `models/gold/fact_patient_flow.sql` told in Swift.
public struct VisitReading: Sendable {
  /// Hours beyond which a stay is flagged (`pf_long_stay_hours`).
  public static let longStayHours = 2160.0

  private let dimensions: FlowDimensions
  /// The local time of an instant in a hospital's zone, both in microseconds since 1970.
  private let local: @Sendable (Int32, Int64) throws -> Int64

  public init(dimensions: FlowDimensions, local: @escaping @Sendable (Int32, Int64) throws -> Int64) {
    self.dimensions = dimensions
    self.local = local
  }

  /// - Parameters:
  ///   - movements: all movements of the journey.
  ///   - patientKey: the key of the patient's version at an instant, by the patient's hash.
  public func visits(_ movements: [JourneyMovement], patientKey: (Int64, Int64) -> Int64?) throws -> [Visit] {
    var visits: [Visit] = []
    for places in Places.encounters(movements) {
      guard let first = places.movements.first, let hospital = dimensions.hospitals[first.hospitalID] else { continue }
      let groups = places.grouped { LetterCase.lower($0.department) == LetterCase.lower($1.department) }
      let stay = Encounter(places, hospital)
      for (number, group) in groups.enumerated() {
        let next = number + 1 < groups.count ? groups[number + 1].first?.department ?? "" : nil
        visits.append(try visit(Group(group, isMerged: places.movements.count > 1), number: number + 1, next: next, stay, hospital, patientKey))
      }
    }
    return visits
  }

  /// What all visits of an encounter share.
  private struct Encounter {
    let presumedAt: Int64?

    init(_ places: Places, _ hospital: FlowDimensions.Hospital) {
      let expected = places.movements.compactMap(\.expectedDischargeTime).max()
      let lastPlaceAt = places.isWaiting ? nil : places.movements.map(\.occurredAt).max()
      let isDischarged = places.movements.contains { $0.outcome?.dischargedAt != nil }
      // Where discharges are never confirmed, the expected one is presumed.
      guard hospital.presumesDischarge, !isDischarged, let expected, let lastPlaceAt, expected >= lastPlaceAt else {
        presumedAt = nil
        return
      }
      presumedAt = expected
    }
  }

  /// Consecutive places in one department, as one.
  private struct Group {
    let last: JourneyMovement
    let firstType: MovementKind
    let startedAt: Int64?
    let department: String?
    let bedID: String?
    let encounterClass: String?
    let age: Int32?
    let waitMinutes: Double?
    let expectedDischargeTime: Int64?
    let disposition: String?
    let flags: String?
    let leftAt: Int64?
    let isLast: Bool

    init(_ rows: ArraySlice<JourneyMovement>, isMerged: Bool) {
      last = rows[rows.endIndex - 1]
      firstType = rows[rows.startIndex].type
      startedAt = last.outcome?.places == 0 ? nil : rows.map(\.occurredAt).min()
      department = rows.first { $0.department != nil }?.department
      bedID = rows.last { $0.bedID != nil }?.bedID
      encounterClass = rows.last { $0.encounterClass != nil }?.encounterClass
      age = rows.last { $0.age != nil }?.age
      waitMinutes = rows.compactMap(\.waitMinutes).max()
      expectedDischargeTime = rows.compactMap(\.expectedDischargeTime).max()
      disposition = rows.compactMap(\.disposition).max { LetterCase.isBefore($0, $1) }
      flags = isMerged ? Self.merged(rows) : last.flags
      leftAt = isMerged ? rows.leftAt : last.outcome?.leftAt
      isLast = !isMerged || rows.endsEncounter
    }

    private static let carried = [
      "admission_missing", "admission_unparsable", "admission_in_future", "occurred_missing", "occurred_unparsable", "occurred_in_future",
      "discharge_unparsable", "discharge_before_admission", "age_out_of_range", "age_unparsable", "event_time_unparsable",
      "recorded_unparsable", "id_reused", "admission_corrected", "movement_after_discharge",
    ]

    private static func merged(_ rows: ArraySlice<JourneyMovement>) -> String? {
      if rows.allSatisfy({ $0.flags == nil }) { return nil }
      let found = carried.filter { name in rows.contains { FlagList.contains($0.flags, name) } }
      return found.isEmpty ? nil : found.joined(separator: ",")
    }
  }

  private func visit(
    _ group: Group, number: Int, next: String?, _ stay: Encounter, _ hospital: FlowDimensions.Hospital, _ patientKey: (Int64, Int64) -> Int64?
  ) throws -> Visit {
    let row = group.last
    let outcome = row.outcome
    let arrivedAt = number == 1 ? outcome?.arrivedAt : nil
    let beganAt = group.startedAt ?? outcome?.arrivedAt ?? row.occurredAt
    let endedAt = group.leftAt ?? (group.isLast ? stay.presumedAt : nil)
    let department = hospital.department(LetterCase.lower(group.department), at: beganAt)
    let localTime = try local(row.hospitalID, beganAt)
    let isPresumed = group.isLast && outcome?.dischargedAt == nil && stay.presumedAt != nil
    let isTooLong =
      Self.isLong(group.startedAt, endedAt) || Self.isLong(outcome?.admittedAt, outcome?.dischargedAt ?? stay.presumedAt)
    var flags = department == nil ? "unknown_department" : nil
    flags = FlagList.joined(flags, FlagList.removing("movement_after_discharge", from: group.flags))
    if isTooLong { flags = FlagList.joined(flags, "stay_too_long") }
    if isPresumed { flags = FlagList.joined(flags, "presumed_discharge") }
    if number == 1, group.firstType == .transfer { flags = FlagList.joined(flags, "inferred_admission") }
    if FlagList.contains(group.flags, "movement_after_discharge") { flags = FlagList.joined(flags, "movement_after_discharge") }
    return Visit(
      patientFlowKey: row.encounterKey &* 8 &+ Int64(number), journeyKey: row.journeyKey, encounterID: row.encounterID, patientID: row.patientID,
      patientKey: patientKey(row.patientKeyHash, beganAt), patientKeyHash: row.patientKeyHash,
      departmentKey: department?.key ?? hospital.unmappedKey, hospitalID: row.hospitalID, department: department?.name ?? FlowDimensions.unmapped,
      timeKey: hospital.zoneKey &+ TimeKey.quarter(began: beganAt, local: localTime), arrivalTime: arrivedAt, admissionTime: group.startedAt,
      dischargeTime: endedAt, expectedDischargeTime: group.expectedDischargeTime, admissionDate: TimeKey.date(localTime),
      dischargeDate: try endedAt.map { TimeKey.date(try local(row.hospitalID, $0)) }, encounterAdmissionTime: outcome?.admittedAt,
      waitMinutes: group.waitMinutes, lengthOfStayHours: Self.hours(group.startedAt, endedAt), bedID: group.bedID,
      encounterClass: group.encounterClass, age: group.age, dischargeDisposition: group.disposition, isFirstVisit: number == 1,
      isLastVisit: group.isLast, nextDepartment: next.map { hospital.name(LetterCase.lower($0)) }, isPresumed: isPresumed, flags: flags,
      recordedAt: outcome?.knownAt, enqueuedAt: outcome?.knownEnqueuedAt)
  }

  private static func hours(_ start: Int64?, _ end: Int64?) -> Double? {
    guard let start, let end else { return nil }
    return Hours.between(start, end)
  }

  private static func isLong(_ start: Int64?, _ end: Int64?) -> Bool { hours(start, end).map { $0 > longStayHours } ?? false }
}
