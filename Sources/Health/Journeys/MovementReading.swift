/// Makes movements of the movement records of one journey and decides which of them were cancelled: the rules of
/// `models/silver/movement.sql`, second half.
enum MovementReading {
  private struct Candidate {
    var version: Version<SilverMovementRecord>
    var isMatched = false
    /// Whether it takes back what another cancellation has taken back already.
    var isRepeated = false
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
      // A cancellation that took no target stays to be seen, as a cancelled movement of its type.
      if record.isCancellation, candidate.isMatched || candidate.version.isSuperseded { continue }
      var movement = JourneyMovement(record)
      movement.isCancelled = candidate.version.isSuperseded || record.isCancellation || candidate.isMatched
      movement.duplicates = duplicates
      duplicates = 0
      if candidate.version.isReused { movement.flags = FlagList.joined(movement.flags, "id_reused") }
      if record.isCancellation {
        movement.flags = FlagList.joined(movement.flags, candidate.isRepeated ? "repeated_cancellation" : "unmatched_cancellation")
      }
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
    // One that names none takes, of its type and instant, the last recorded before it, as brackets close; if none was recorded
    // before it, any that is left of that instant; and if there is none of that instant, the last of its type recorded before
    // it, once an instant. What finds its target taken is a repetition.
    for kind in Set(candidates.map(\.record.type)) {
      let ofKind = candidates.indices.filter { candidates[$0].isInPlay && candidates[$0].record.type == kind }
      if !ofKind.contains(where: { candidates[$0].record.isCancellation }) { continue }
      let ordered = ofKind.sorted { isBefore(candidates[$0].record, candidates[$1].record) }
      for (instant, group) in Dictionary(grouping: ordered, by: { candidates[$0].record.occurredAt }) {
        if !group.contains(where: { candidates[$0].record.isCancellation }) { continue }
        matchBrackets(group, &candidates)
        let first = firstTarget(kind, instant, candidates)
        matchLeftovers(group, &candidates, before: first)
        markRepetitions(group, &candidates, hasTargets: first != nil)
      }
      matchBrackets(ordered.filter { !candidates[$0].isMatched && !candidates[$0].isRepeated }, &candidates)
    }
  }

  /// The movement of a kind and instant that was recorded first, whatever became of it.
  private static func firstTarget(_ kind: MovementKind, _ instant: Int64, _ candidates: [Candidate]) -> SilverMovementRecord? {
    let targets = candidates.lazy.filter {
      !$0.record.isCancellation && !$0.version.isSuperseded && $0.record.type == kind && $0.record.occurredAt == instant
    }
    return targets.map(\.record).min(by: isBefore)
  }

  /// A cancellation that names its target takes that one and no other; the second that names it is a repetition.
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
    var taken: Set<Int64> = []
    for index in candidates.indices where !candidates[index].version.isSuperseded {
      let record = candidates[index].record
      guard let key = record.isCancellation ? record.cancelsEventKey : record.eventKey else { continue }
      if !record.isCancellation {
        candidates[index].isMatched = named.contains(key)
      } else if targets.contains(key) {
        candidates[index].isMatched = taken.insert(key).inserted
        candidates[index].isRepeated = !candidates[index].isMatched
      }
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

  private static func matchLeftovers(_ group: [Int], _ candidates: inout [Candidate], before first: SilverMovementRecord?) {
    guard let first else { return }
    let left = group.filter { !candidates[$0].isMatched }.sorted {
      Version.isBefore(candidates[$1].record, candidates[$0].record)
    }
    let cancellations = left.filter { candidates[$0].record.isCancellation && isBefore(candidates[$0].record, first) }
    let targets = left.filter { !candidates[$0].record.isCancellation }
    for (cancellation, target) in zip(cancellations, targets) {
      candidates[cancellation].isMatched = true
      candidates[target].isMatched = true
    }
  }

  /// Of the cancellations of one instant that took nothing, all are repetitions, but for the first where there is no movement of it.
  private static func markRepetitions(_ group: [Int], _ candidates: inout [Candidate], hasTargets: Bool) {
    let left = group.filter { candidates[$0].record.isCancellation && !candidates[$0].isMatched }
    for index in hasTargets ? left[...] : left.dropFirst() { candidates[index].isRepeated = true }
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
