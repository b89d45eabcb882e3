/// The rows of one encounter that give visits, in order; with what they are grouped to.
struct Places {
  let movements: [JourneyMovement]

  /// The encounters among the movements of a journey, each with its rows that give visits.
  static func encounters(_ movements: [JourneyMovement]) -> [Places] {
    let giving = movements.filter { $0.outcome != nil }
    if giving.count == 1 { return [Places(movements: giving)] }
    return Dictionary(grouping: giving, by: \.encounterKey).values.map { rows in
      Places(movements: rows.sorted { ($0.outcome?.placeNumber ?? 0) < ($1.outcome?.placeNumber ?? 0) })
    }
  }

  /// Whether the patient has had a place, or waits for one.
  var isWaiting: Bool { movements.first?.outcome?.places == 0 }

  /// Neighbours that `isSame` joins are one group.
  func grouped(by isSame: (JourneyMovement, JourneyMovement) -> Bool) -> [ArraySlice<JourneyMovement>] {
    var groups: [ArraySlice<JourneyMovement>] = []
    var start = movements.startIndex
    for index in movements.indices.dropFirst() where !isSame(movements[index - 1], movements[index]) {
      groups.append(movements[start..<index])
      start = index
    }
    if start < movements.endIndex { groups.append(movements[start...]) }
    return groups
  }
}

extension ArraySlice<JourneyMovement> {
  var endsEncounter: Bool { last?.outcome.map { $0.placeNumber == $0.places } ?? true }

  /// When the group was left: at its own end, or at the encounter's.
  var leftAt: Int64? {
    endsEncounter ? compactMap { $0.outcome?.dischargedAt }.max() : compactMap { $0.outcome?.leftAt }.max()
  }
}
