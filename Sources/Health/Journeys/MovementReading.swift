/// Makes movements of the movement records of one journey and decides which of them were cancelled: the rules of
/// `models/silver/movement.sql`, second half.
enum MovementReading {
  private struct Candidate {
    var version: Version<SilverMovementRecord>
    var isMatched = false
    /// Whether it still takes part in the matching of cancellations that name no target.
    var isInPlay = false

    var record: SilverMovementRecord { version.record }
  }

  static func read(_ records: [SilverMovementRecord]) -> [MovementEntry] {
    if records.isEmpty { return [] }
    let versions = Version.of(records)
    var candidates = versions.map { Candidate(version: $0) }
    if candidates.contains(where: \.record.isCancellation) { match(&candidates) }
    var duplicates = versions.reduce(Int32(0)) { $0 + $1.duplicates }
    var entries: [MovementEntry] = []
    for candidate in candidates {
      let record = candidate.record
      // A cancellation that found no target stays to be seen, as a cancelled movement of its type.
      if record.isCancellation, candidate.isMatched || candidate.version.isSuperseded { continue }
      var movement = JourneyMovement(record)
      movement.isCancelled = candidate.version.isSuperseded || record.isCancellation || candidate.isMatched
      movement.duplicates = duplicates
      duplicates = 0
      if candidate.version.isReused { movement.flags = FlagList.joined(movement.flags, "id_reused") }
      if record.isCancellation { movement.flags = FlagList.joined(movement.flags, "unmatched_cancellation") }
      entries.append(MovementEntry(movement, slot: 3))
    }
    return entries
  }

  private static func match(_ candidates: inout [Candidate]) {
    matchNamed(&candidates)
    for index in candidates.indices {
      let candidate = candidates[index]
      candidates[index].isInPlay =
        !candidate.isMatched && !candidate.version.isSuperseded
        && !(candidate.record.isCancellation && candidate.record.cancelsEventKey != nil)
    }
    // One that names none takes, of its type and instant, the last recorded before it, as brackets close; then, of what is
    // left of that instant, any; and else the last of its type recorded before it.
    for kind in Set(candidates.map(\.record.type)) {
      let ofKind = candidates.indices.filter { candidates[$0].isInPlay && candidates[$0].record.type == kind }
      if !ofKind.contains(where: { candidates[$0].record.isCancellation }) { continue }
      let ordered = ofKind.sorted { isBefore(candidates[$0].record, candidates[$1].record) }
      for (_, group) in Dictionary(grouping: ordered, by: { candidates[$0].record.occurredAt }) {
        matchBrackets(group, &candidates)
        matchLeftovers(group, &candidates)
      }
      matchBrackets(ordered.filter { !candidates[$0].isMatched }, &candidates)
    }
  }

  /// A cancellation that names its target takes that one and no other.
  private static func matchNamed(_ candidates: inout [Candidate]) {
    var named: Set<Int64> = []
    var targets: Set<Int64> = []
    for candidate in candidates where !candidate.version.isSuperseded {
      if candidate.record.isCancellation {
        if let key = candidate.record.cancelsEventKey { named.insert(key) }
      } else if let key = candidate.record.eventKey {
        targets.insert(key)
      }
    }
    for index in candidates.indices where !candidates[index].version.isSuperseded {
      let record = candidates[index].record
      guard let key = record.isCancellation ? record.cancelsEventKey : record.eventKey else { continue }
      candidates[index].isMatched = record.isCancellation ? targets.contains(key) : named.contains(key)
    }
  }

  private static func matchBrackets(_ group: [Int], _ candidates: inout [Candidate]) {
    var open: [Int] = []
    for index in group {
      if !candidates[index].record.isCancellation {
        open.append(index)
      } else if let target = open.popLast() {
        candidates[index].isMatched = true
        candidates[target].isMatched = true
      }
    }
  }

  private static func matchLeftovers(_ group: [Int], _ candidates: inout [Candidate]) {
    let left = group.filter { !candidates[$0].isMatched }.sorted {
      Version.isBefore(candidates[$1].record, candidates[$0].record)
    }
    let cancellations = left.filter { candidates[$0].record.isCancellation }
    let targets = left.filter { !candidates[$0].record.isCancellation }
    for (cancellation, target) in zip(cancellations, targets) {
      candidates[cancellation].isMatched = true
      candidates[target].isMatched = true
    }
  }

  /// At one instant targets come before cancellations.
  private static func isBefore(_ left: SilverMovementRecord, _ right: SilverMovementRecord) -> Bool {
    (left.recordedAt, left.isCancellation ? 1 : 0, left.contentHash) < (right.recordedAt, right.isCancellation ? 1 : 0, right.contentHash)
  }
}

extension JourneyMovement {
  fileprivate init(_ record: SilverMovementRecord) {
    self.init(
      movementKey: 0, journeyKey: record.journeyKey, encounterKey: record.encounterKey, encounterID: record.encounterID,
      patientID: record.patientID, patientKeyHash: record.patientKeyHash, hospitalID: record.hospitalID, type: record.type,
      encounterClass: record.encounterClass, occurredAt: record.occurredAt, recordedAt: record.recordedAt, enqueuedAt: record.enqueuedAt,
      contentHash: record.contentHash, department: record.department, room: record.room, bedID: record.bedID, gender: record.gender,
      age: record.age, birthYear: record.birthYear, waitMinutes: nil, seenAt: record.seenAt,
      expectedDischargeTime: record.expectedDischargeTime, disposition: record.disposition, isCancelled: false, isFromStay: false,
      duplicates: 0, flags: record.flags, outcome: nil)
  }
}
