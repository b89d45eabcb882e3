internal import Hospital

/// Puts the movements of one encounter in order and tells each that gives a visit what became of the encounter: the rules
/// of `models/silver/movement.sql`, last part.
enum EncounterOrder {
  private enum Role { case place, arrival, late, none }

  /// - Parameter entries: of one journey and encounter, cancelled ones among them.
  /// - Returns: their rows, in any order.
  static func movements(_ entries: [MovementEntry]) -> [JourneyMovement] {
    var rows = entries.filter { $0.movement.isCancelled }.map { finished($0.movement) }
    let live = entries.filter { !$0.movement.isCancelled }.sorted(by: isBefore)
    if live.isEmpty { return rows }
    let end = live.lastIndex { $0.movement.type == .discharge }
    let discharge = end.map { live[$0].movement }
    let roles = live.enumerated().map { role($1.movement.type, isLate: $0 > end ?? Int.max) }
    let places = live.indices.filter { roles[$0] == .place }
    let arrivals = live.indices.filter { roles[$0] == .arrival }
    let hasLate = roles.contains(.late)
    let admittedAt = places.map { live[$0].movement.occurredAt }.min()
    let arrivedAt = arrivals.map { live[$0].movement.occurredAt }.min()
    let expected = lastKnown(live, \.expectedDischargeTime)
    let wait = lastKnown(live, \.waitMinutes) ?? wait(from: arrivedAt, to: lastKnown(live, \.seenAt) ?? admittedAt)
    let knownAt = live.map(\.movement.recordedAt).max()
    let knownEnqueuedAt = live.map(\.movement.enqueuedAt).max()
    for index in live.indices {
      var row = finished(live[index].movement)
      let number = placeNumber(index, roles[index], places: places, arrivals: arrivals)
      var isLast = false
      if let number {
        isLast = number >= places.count
        row.waitMinutes = number == 1 ? wait : nil
        row.expectedDischargeTime = isLast ? expected : nil
        row.disposition = isLast ? discharge?.disposition : nil
        let next = roles[index] == .place && number < places.count ? live[places[number]].movement.occurredAt : nil
        row.outcome = .init(
          placeNumber: Int32(number), places: Int32(places.count), arrivedAt: arrivedAt, admittedAt: admittedAt,
          leftAt: next ?? discharge?.occurredAt, dischargedAt: discharge?.occurredAt, knownAt: knownAt, knownEnqueuedAt: knownEnqueuedAt)
      }
      if roles[index] == .late || (hasLate && isLast) { row.flags = FlagList.joined(row.flags, "movement_after_discharge") }
      // Without a place and an arrival there is no visit; its end, or else what is expected of it, says so.
      if places.isEmpty, arrivals.isEmpty, index == end ?? live.endIndex - 1 {
        row.flags = FlagList.joined(row.flags, "discharge_without_admission")
      }
      rows.append(row)
    }
    return rows
  }

  /// The wait is the encounter's; only the row that gives its first visit carries it.
  private static func finished(_ movement: JourneyMovement) -> JourneyMovement {
    var movement = movement
    movement.waitMinutes = nil
    return movement
  }

  /// What counts are places and arrivals up to the discharge.
  private static func role(_ type: MovementKind, isLate: Bool) -> Role {
    switch type {
    case .arrive: isLate ? .late : .arrival
    case .admit, .transfer: isLate ? .late : .place
    case .expectedDischarge, .discharge: .none
    }
  }

  /// A visit is given by each place, or, in an encounter without one, by its last arrival.
  private static func placeNumber(_ index: Int, _ role: Role, places: [Int], arrivals: [Int]) -> Int? {
    switch role {
    case .place: places.firstIndex(of: index).map { $0 + 1 }
    case .arrival: places.isEmpty && arrivals.last == index ? 1 : nil
    case .late, .none: nil
    }
  }

  private static func wait(from arrivedAt: Int64?, to seenAt: Int64?) -> Double? {
    guard let arrivedAt, let seenAt, seenAt >= arrivedAt else { return nil }
    return Hours.between(arrivedAt, seenAt) * 60
  }

  /// What the latest knowledge says, by (`recorded_at`, content hash, slot).
  private static func lastKnown<Fact>(_ entries: [MovementEntry], _ path: KeyPath<JourneyMovement, Fact?>) -> Fact? {
    var latest: MovementEntry?
    for entry in entries where entry.movement[keyPath: path] != nil {
      guard let known = latest else {
        latest = entry
        continue
      }
      let (left, right) = (known.movement, entry.movement)
      if (left.recordedAt, left.contentHash, known.slot) < (right.recordedAt, right.contentHash, entry.slot) { latest = entry }
    }
    return latest?.movement[keyPath: path]
  }

  private static func isBefore(_ left: MovementEntry, _ right: MovementEntry) -> Bool {
    let (a, b) = (left.movement, right.movement)
    return (a.occurredAt, a.type.rawValue, a.recordedAt, a.contentHash, left.slot) < (
      b.occurredAt, b.type.rawValue, b.recordedAt, b.contentHash, right.slot
    )
  }
}
