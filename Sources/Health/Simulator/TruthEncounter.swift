import Hospital

/// Derives an encounter's department visits from what is known of it, as the glossary defines them.
struct TruthEncounter: Sendable {
  struct Visit: Sendable {
    var department: Int
    var alias: Int
    var bed: Int
    var admittedAt: Int64?
    var endedAt: Int64?
  }

  private(set) var visits: [Visit] = []
  private(set) var arrivedAt: Int64?
  private(set) var expectedAt: Int64?
  private(set) var hasEnded = false
  private(set) var disposition: Disposition?
  private(set) var rawAdmission: String?
  /// How many different raw admission times the records of a derived identity have; more than one means that stays were merged.
  private(set) var identities = 1

  init(_ facts: [TruthFact]) {
    let cancelled = Set(facts.compactMap(\.cancels))
    var latest: [Int64: TruthFact] = [:]
    for fact in facts where fact.cancels == nil && !cancelled.contains(fact.event) {
      // One id, two contents: the later one holds.
      if let known = latest[fact.event], (known.occurredAt, known.recordedAt) > (fact.occurredAt, fact.recordedAt) { continue }
      latest[fact.event] = fact
    }
    let known = latest.values
    if known.contains(where: { $0.type == nil }) {
      identities = max(1, Set(facts.compactMap(\.rawAdmission)).count)
      follow(stays: known.sorted { ($0.recordedAt, $0.event) < ($1.recordedAt, $1.event) })
    } else {
      follow(movements: known.sorted { ($0.occurredAt, $0.recordedAt, $0.event) < ($1.occurredAt, $1.recordedAt, $1.event) })
    }
  }

  private mutating func follow(movements: [TruthFact]) {
    for fact in movements where !hasEnded {
      switch fact.type {
      case .arrive:
        arrivedAt = fact.occurredAt
        if visits.isEmpty { visits.append(Visit(department: fact.department, alias: fact.alias, bed: 0)) }
      case .admit, .transfer:
        if let last = visits.indices.last, visits[last].admittedAt == nil { visits.remove(at: last) }
        move(to: fact, at: fact.occurredAt)
      case .expectedDischarge: expectedAt = fact.endsAt
      case .discharge: end(at: fact.occurredAt, fact.disposition)
      default: break
      }
    }
  }

  /// The last record says when the stay began and ends; each says where the patient was from its own time on.
  private mutating func follow(stays: [TruthFact]) {
    guard let last = stays.last else { return }
    for fact in stays { move(to: fact, at: visits.isEmpty ? last.admittedAt : fact.recordedAt) }
    rawAdmission = last.rawAdmission
    guard let end = last.endsAt else { return }
    if end > last.recordedAt { expectedAt = end } else { self.end(at: end, nil) }
  }

  private mutating func move(to fact: TruthFact, at time: Int64) {
    if let last = visits.indices.last {
      if visits[last].department == fact.department, visits[last].alias == fact.alias {
        visits[last].bed = fact.bed
        return
      }
      visits[last].endedAt = time
    }
    visits.append(Visit(department: fact.department, alias: fact.alias, bed: fact.bed, admittedAt: time))
  }

  private mutating func end(at time: Int64, _ disposition: Disposition?) {
    hasEnded = true
    self.disposition = disposition
    guard let last = visits.indices.last else { return }
    visits[last].endedAt = time
  }
}
