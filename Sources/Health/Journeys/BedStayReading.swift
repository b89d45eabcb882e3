/// Makes the rows of `gold.bed_stay` of one journey: `models/gold/bed_stay.sql` told in Swift.
public struct BedStayReading: Sendable {
  private let dimensions: FlowDimensions

  public init(dimensions: FlowDimensions) { self.dimensions = dimensions }

  /// - Parameter movements: all movements of the journey.
  public func bedStays(_ movements: [JourneyMovement]) -> [BedStay] {
    var stays: [BedStay] = []
    for places in Places.encounters(movements) where !places.isWaiting {
      guard let first = places.movements.first, let hospital = dimensions.hospitals[first.hospitalID] else { continue }
      let groups = places.grouped {
        $0.bedID == $1.bedID && $0.room == $1.room && LetterCase.lower($0.department) == LetterCase.lower($1.department)
      }
      for (number, group) in groups.enumerated() {
        guard let last = group.last, let bed = last.bedID, let start = group.map(\.occurredAt).min() else { continue }
        let department = hospital.department(LetterCase.lower(group.compactMap(\.department).max { LetterCase.isBefore($0, $1) }), at: start)
        stays.append(
          BedStay(
            bedStayKey: last.encounterKey &* 8 &+ Int64(number + 1), journeyKey: last.journeyKey, encounterID: last.encounterID,
            patientID: last.patientID, hospitalID: last.hospitalID, department: department?.name ?? FlowDimensions.unmapped,
            departmentKey: department?.key ?? hospital.unmappedKey, room: last.room, bedID: bed, admissionTime: start,
            dischargeTime: end(of: group, hospital)))
      }
    }
    return stays
  }

  private func end(of group: ArraySlice<JourneyMovement>, _ hospital: FlowDimensions.Hospital) -> Int64? {
    if let left = group.leftAt { return left }
    guard
      hospital.presumesDischarge, group.endsEncounter, let expected = group.compactMap(\.expectedDischargeTime).max(),
      let lastPlaceAt = group.map(\.occurredAt).max(), expected >= lastPlaceAt
    else { return nil }
    return expected
  }
}
