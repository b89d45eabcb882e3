internal import DuckDB

/// Which quarantined records are judged again. Without any of them: all.
public struct QuarantineChoice: Sendable, Equatable {
  /// Records that broke this rule.
  public var rule: String?
  public var partition: Int?
  public var offset: Int64?
  /// Records of hospitals that are known by now.
  var ofKnownHospitals = false

  public init(rule: String? = nil, partition: Int? = nil, offset: Int64? = nil) {
    self.rule = rule
    self.partition = partition
    self.offset = offset
  }

  /// The condition on `silver.quarantine as q` and its parameters.
  var condition: (sql: String, parameters: [Value]) {
    var terms = ["true"]
    var parameters: [Value] = []
    func add(_ column: String, _ value: Value) {
      parameters.append(value)
      terms.append("q.\(column) = $\(parameters.count)")
    }
    if let rule { add("rule", .text(rule)) }
    if let partition { add("hub_partition", .integer(Int64(partition))) }
    if let offset { add("hub_offset", .integer(offset)) }
    if ofKnownHospitals { terms.append("q.hospital_id in (select hospital_id from gold.dim_hospital)") }
    return (terms.joined(separator: " and "), parameters)
  }
}

/// What became of quarantined records that were judged again.
public struct ReplayOutcome: Sendable, Equatable {
  /// Records that were judged again.
  public var judged = 0
  /// Of these, how many are used from now on.
  public var accepted = 0
  /// Chosen records whose bodies bronze no longer holds; they stay where they are.
  public var gone = 0

  public var stillQuarantined: Int { judged - accepted }
}

extension BatchRunner {
  /// Judges quarantined records again, in place: the body that bronze holds is parsed anew and takes its old position and time.
  ///
  /// That is what `rebuild silver` does with every record, so gold stays a function of silver, and silver of bronze. Sent through the hub
  /// once more, a record would lie in bronze twice; a rebuild would then use both and count a duplicate that nobody sent.
  /// - Returns: what became of them, and the batches that were committed for it.
  func replay(_ choice: QuarantineChoice) throws -> (outcome: ReplayOutcome, batches: [BatchResult]) {
    var batches: [BatchResult] = []
    // A batch that restates marks all that was appended as restated; what waits for it comes first.
    if hasPending, let result = try restatePending() { batches.append(result) }
    let condition = choice.condition
    let chosen = try connection.query("select count(*) from silver.quarantine as q where \(condition.sql)", condition.parameters).scalar.int64 ?? 0
    guard chosen > 0 else { return (ReplayOutcome(), batches) }
    var outcome = ReplayOutcome()
    try inTransaction {
      try plan.empty()
      try connection.execute("create or replace temp table replayed as from silver.quarantine limit 0")
      try connection.prepare(
        "insert into replayed select q.* from silver.quarantine as q semi join bronze.event as e using (hub_partition, hub_offset) where \(condition.sql)"
      ).execute(condition.parameters)
      outcome.judged = Int(try connection.query("select count(*) from replayed").scalar.int64 ?? 0)
      outcome.gone = Int(chosen) - outcome.judged
      guard outcome.judged > 0 else { return }
      try setSize(isLarge: outcome.judged > 20_000)
      let writer = try ParsedWriter(connection: connection, schemas: schemas, pseudonymizer: pseudonymizer)
      try connection.prepare(
        "select e.hub_partition, e.hub_offset, e.enqueued_at, e.body from bronze.event as e semi join replayed using (hub_partition, hub_offset)"
      ).forEachChunk { chunk in
        for row in 0..<chunk.count {
          try writer.append(
            partition: chunk.int32(0, row), offset: chunk.int64(1, row), enqueuedAt: chunk.int64(2, row), body: chunk.bytes(3, row))
        }
      }
      try writer.finish()
      try connection.execute(
        "delete from silver.quarantine using replayed as r where quarantine.hub_partition = r.hub_partition and quarantine.hub_offset = r.hub_offset")
      if writer.counts[.department, default: 0] > 0 { try changeDepartments() }
      try perform(plan.append)
      try extendTime()
      let left = Int(try connection.query("select count(*) from n_quarantine").scalar.int64 ?? 0)
      outcome.accepted = outcome.judged - left
      let journeys = try restateTouched()
      let drift = try connection.query("select coalesce(max(rowid), -1) from delta.drift").scalar
      // Offsets stay where they are, and no feed has sent anything.
      var result = try finishRestating(journeys)
      // Fields that no schema declares were counted when the records came.
      try connection.prepare("delete from delta.drift where rowid > $1").execute([drift])
      try takeBackFindings()
      result.recordsByHospital = [:]
      batches.append(result)
    }
    return (outcome, batches)
  }

  /// Judges `unknown_hospital` records again if their hospital has become known, so that the order in which records and the news of a
  /// hospital arrive does not matter.
  func replayOfKnownHospitals() throws -> (outcome: ReplayOutcome, batches: [BatchResult])? {
    guard hasHospitalsToReplay else { return nil }
    var choice = QuarantineChoice(rule: "unknown_hospital")
    choice.ofKnownHospitals = true
    let done = try replay(choice)
    hasHospitalsToReplay = false
    return done.batches.isEmpty ? nil : done
  }

  /// The batch has counted what the rules find now, as any batch does; here goes what they found before.
  private func takeBackFindings() throws {
    var inputs: [String: String] = [:]
    for input in try statements.inputs("gold.quality_hourly") { inputs[input] = "(select * from \(input) limit 0)" }
    inputs["silver.quarantine"] = "replayed"
    try connection.execute(
      """
      insert into delta.quality_hourly by name
      select rule, hospital_id, hour_at, -records as records from (\(try statements.select("gold.quality_hourly", inputs)))
      """)
  }
}
