import Hospital

/// Accounts for one hospital's records as they are sent, by what they mean; it never reads what was written.
struct TruthLedger: Sendable {
  private let encoder: EventEncoder
  private(set) var encounters: [Int64: [TruthFact]] = [:]
  private(set) var patients: [Int64: Int64] = [:]
  /// By rule and by the hospital as the pipeline can know it.
  private(set) var records: [Rule: [String: Int]] = [:]
  private(set) var drift: [SimulationTruth.Drift: Int] = [:]
  private(set) var shapes: [EventShape: Int] = [:]

  init(encoder: EventEncoder) {
    self.encoder = encoder
  }

  mutating func record(_ item: FeedItem) {
    let shape: EventShape = item.role == .department ? .department : item.type == nil ? .stay : .movement
    shapes[shape, default: 0] += 1
    guard shape != .department else { return }
    if item.isDuplicate { return count(.duplicate, item) }
    if let dirt = item.dirt {
      if let rule = dirt.rule { count(rule, item) }
      if dirt.isQuarantined { return }
    }
    if item.isReuse { count(.idReused, item) }
    if item.alias > 0, item.hasPlace { count(.unknownDepartment, item) }
    if let field = encoder.unknownField(item) {
      drift[SimulationTruth.Drift(shape: shape, field: field.name.description, records: 0), default: 0] += 1
    }
    patients[item.encounter] = item.patient.number
    // None of them changes anything.
    if item.dirt == .unmatchedCancellation || item.dirt == .repeatedCancellation || item.dirt == .movementAfterDischarge { return }
    encounters[item.encounter, default: []].append(fact(item))
  }

  private mutating func count(_ rule: Rule, _ item: FeedItem) {
    records[rule, default: [:]][encoder.hospitalText(item) ?? "none", default: 0] += 1
  }

  private func fact(_ item: FeedItem) -> TruthFact {
    var fact = TruthFact(
      type: item.type, event: item.event, occurredAt: item.occurredAt, recordedAt: item.recordedAt,
      department: item.department, alias: item.alias, bed: item.bed, admittedAt: item.admittedAt, endsAt: item.endsAt,
      disposition: item.disposition, cancels: item.cancels)
    if item.type == nil, !encoder.style.sendsEncounter { fact.rawAdmission = encoder.admissionText(item) }
    // The rules' repairs, from the rules' words.
    switch item.dirt {
    case .occurredMissing, .occurredUnparsable, .occurredInFuture: fact.occurredAt = item.recordedAt
    case .admissionMissing, .admissionUnparsable, .admissionInFuture: fact.admittedAt = item.recordedAt
    case .dischargeUnparsable, .dischargeBeforeAdmission: fact.endsAt = nil
    // The hub has it no sooner than it is sent.
    case .eventTimeUnparsable, .recordedUnparsable: fact.recordedAt = item.sentAt
    default: break
    }
    return fact
  }
}
