internal import DuckDB
internal import Foundation

/// Turns hub records into committed gold, one transaction a batch. Blocking; used by one thread.
final class BatchRunner {
  let store: WorkingStore
  let connection: Connection
  let schemas: [EventSchema]
  let pseudonymizer: Pseudonymizer
  let plan: BatchPlan
  let statements: Statements
  /// Journeys with cold rows, and patients with versions: both are looked for in memory, so that a batch of new
  /// patients never scans history.
  var coldJourneys = KeySet()
  var coldPatients = KeySet()
  private(set) var batch: Int64
  private(set) var nextOffsets: [Int64]
  private(set) var clock: Int64
  var seconds: [BatchStage: Double] = [:]
  /// Whether the batch at hand is so large that its statements are planned for it.
  private var isLarge = false
  private var planAge = 0
  /// The models' twin; `nil` if the models on disk are not those that it tells.
  let compiled: CompiledRestatement?
  /// Whether the batch at hand was restated by the twin, so that the aggregates are its too.
  private var isCompiledBatch = false

  init(store: WorkingStore, schemas: [EventSchema], pseudonymizer: Pseudonymizer, partitionCount: Int) throws {
    self.store = store
    self.schemas = schemas
    self.pseudonymizer = pseudonymizer
    connection = store.writer
    try Self.allowStatistics(false, connection)
    try StagingTables.make(connection, schemas: schemas)
    statements = Statements(catalog: store.catalog)
    plan = try BatchPlan(connection: connection, statements: statements)
    compiled = try CompiledModels.hold(for: store.catalog) ? CompiledRestatement(connection: connection) : nil
    let state = try connection.query("select batch, now from gold.clock").rows.first ?? []
    batch = state.first?.int64 ?? 0
    clock = state.last?.int64 ?? 0
    nextOffsets = Array(repeating: 0, count: partitionCount)
    for row in try connection.query("select hub_partition, next_offset, restated_offset from ops.hub_offset").rows {
      guard let partition = row[0].int64, let offset = row[1].int64 else { continue }
      guard partition < partitionCount else {
        throw LakehouseError(
          .configuration, "the store has read partition \(partition), the hub has only \(partitionCount); give the hub its partitions back")
      }
      nextOffsets[Int(partition)] = offset
      restatedOffsets[Int(partition)] = row[2].int64
    }
    try loadColdKeys()
  }

  /// The store's "now", microseconds since 1970.
  var now: Int64 { clock }

  private func loadColdKeys() throws {
    let journeys = try connection.query("select count(*) from cold.movement").scalar.int64 ?? 0
    coldJourneys = KeySet(minimumCapacity: Int(journeys))
    coldPatients = KeySet(minimumCapacity: Int(journeys) / 2)
    try connection.prepare("select distinct journey_key from cold.movement").forEachInt64 { coldJourneys.insert($0) }
    try connection.prepare("select distinct patient_key_hash from cold.movement").forEachInt64 { coldPatients.insert($0) }
  }

  /// Runs one batch over what the source holds beyond the store's offsets.
  /// - Parameters:
  ///   - maxBytes: how much of each partition is taken at the most.
  ///   - isRestating: false appends records only and leaves the restating to a later call of ``restatePending()``;
  ///     the bulk path does that.
  /// - Returns: `nil` if there was nothing to do.
  func run(_ source: any RecordSource, maxBytes: Int, isRestating: Bool = true) throws -> BatchResult? {
    seconds = [:]
    guard (0..<source.partitionCount).contains(where: { source.endOffset(partition: $0) > nextOffsets[$0] }) else { return nil }
    var offsets = nextOffsets
    var oldest = Int64.max
    var newest: Int64 = 0
    var records = 0
    var result: BatchResult?
    try inTransaction {
      try plan.empty()
      let writer = try ParsedWriter(connection: connection, schemas: schemas, pseudonymizer: pseudonymizer)
      let bronze = try connection.appender(schema: "bronze", table: "event", types: [.integer, .bigint, .timestamp, .blob])
      try timed(.parse) {
        for partition in 0..<source.partitionCount {
          let start = max(offsets[partition], source.startOffset(partition: partition))
          offsets[partition] = try source.forEachRecord(partition: partition, from: start, maxBytes: maxBytes) { record in
            try writer.append(partition: Int32(partition), offset: record.offset, enqueuedAt: record.enqueuedAt, body: record.body)
            bronze.setInteger(0, Int32(partition))
            bronze.setBigint(1, record.offset)
            bronze.setBigint(2, record.enqueuedAt)
            bronze.setBytes(3, record.body)
            try bronze.endRow()
            oldest = min(oldest, record.enqueuedAt)
            newest = max(newest, record.enqueuedAt)
            records += 1
          }
        }
        try writer.finish()
      }
      try timed(.bronze) { try bronze.finish() }
      try choosePlans(records)
      let hasDepartments = writer.counts[.department, default: 0] > 0
      var journeys = 0
      if hasDepartments {
        try changeDepartments()
        // The journeys whose facts hold keys of these departments; the later restating knows only those of appended records.
        if !isRestating { journeys = try restateTouched() }
      }
      isCompiledBatch = compiled != nil && isRestating && !hasDepartments && !isLarge
      compiled?.begin()
      try perform(plan.append)
      try extendTime()
      let quarantined = try connection.query("select count(*) from n_quarantine").scalar.int64 ?? 0
      if isRestating { journeys = try restateTouched() }
      result = try finishBatch(
        records: records, journeys: journeys, quarantined: Int(quarantined), oldest: oldest, newest: newest, offsets: offsets,
        isRestating: isRestating)
    }
    nextOffsets = offsets
    return result
  }

  /// Restates the journeys of all records that were appended without restating.
  func restatePending() throws -> BatchResult? {
    seconds = [:]
    try setSize(isLarge: true)
    let pending = "(select r.journey_key from %@ r join ops.hub_offset o on o.hub_partition = r.hub_partition and r.hub_offset >= o.restated_offset)"
    var result: BatchResult?
    try inTransaction {
      try plan.empty()
      let sources = ["silver.stay_record", "silver.movement_record"].map { pending.replacingOccurrences(of: "%@", with: $0) }
      try connection.execute("insert into touched_journey select distinct journey_key from (\(sources.joined(separator: " union all ")))")
      let journeys = try restateTouched()
      // Also when none was touched, as with nothing but quarantined records: the offsets are restated up to here all the same.
      guard journeys > 0 || hasPending else { return }
      result = try finishBatch(records: 0, journeys: journeys, quarantined: 0, oldest: 0, newest: 0, offsets: nextOffsets, isRestating: true)
    }
    return result
  }

  /// A small batch runs faster on one thread: handing 300 rows from operator to operator to a second one costs more
  /// than it saves (measured: 95 ms against 180).
  func setSize(isLarge: Bool) throws {
    guard isLarge != self.isLarge else { return }
    self.isLarge = isLarge
    try connection.execute("set threads = \(isLarge ? store.configuration.threads : 1)")
    try Self.allowStatistics(isLarge, connection)
  }

  /// A plan that is kept must not rest on what the tables held when it was made: DuckDB 1.5 takes minima and maxima into
  /// the plan (perfect hash aggregates, compressed columns) and fails, or worse, when the rows have changed since.
  private static func allowStatistics(_ isAllowed: Bool, _ connection: Connection) throws(DuckDBError) {
    try connection.execute("set disabled_optimizers = '\(isAllowed ? "" : "statistics_propagation,compressed_materialization")'")
  }

  private func choosePlans(_ records: Int) throws {
    try setSize(isLarge: records > 20_000)
    planAge += 1
    // 1, 2, 4, … batches at first, while tables grow quickly, then every 256.
    if planAge >= 256 || (planAge & (planAge - 1)) == 0 {
      plan.replan()
      compiled?.replan()
    }
    if planAge >= 512 { planAge = 256 }
  }

  /// Restates every journey of `touched_journey`.
  /// - Returns: how many there were.
  func restateTouched() throws -> Int {
    var journeys = 0
    var cold: [Int64] = []
    try plan.touchedJourneys.forEachInt64 { key in
      journeys += 1
      if coldJourneys.contains(key) { cold.append(key) }
    }
    guard journeys > 0 else { return 0 }
    if !cold.isEmpty { try thaw(cold) }
    if isCompiledBatch, let compiled { return try restate(with: compiled, journeys: journeys) }
    try perform(plan.movements)
    var returning = false
    try plan.touchedPatients.forEachInt64 { if coldPatients.contains($0) { returning = true } }
    try perform(returning ? plan.patientsWithHistory : plan.patients)
    if try connection.query("select count(*) from changed_patient").scalar.int64 ?? 0 > 0 {
      try perform(plan.replacePatients)
      try perform([plan.journeysOfChangedPatients])
      var more: [Int64] = []
      try plan.touchedJourneys.forEachInt64 { if coldJourneys.contains($0) { more.append($0) } }
      let fresh = Set(more).subtracting(cold)
      if !fresh.isEmpty { try thaw(Array(fresh)) }
    }
    try perform(plan.facts)
    return journeys
  }

  private func restate(with compiled: CompiledRestatement, journeys: Int) throws -> Int {
    let movements = try timed(.silver) { try compiled.restateMovements() }
    let hasHistory = movements.patients.contains { coldPatients.contains($0) }
    let (versions, moved) = try timed(.patients) { try compiled.restatePatients(movements, hasHistory: hasHistory) }
    var others: [Int64] = []
    if !moved.isEmpty {
      others = try timed(.patients) { try compiled.journeys(ofMoved: moved) }
      let cold = others.filter { coldJourneys.contains($0) }
      if !cold.isEmpty { try thaw(cold) }
    }
    try timed(.gold) { try compiled.restateFacts(movements, others: others, versions: versions) }
    return journeys + others.count
  }

  private func thaw(_ keys: [Int64]) throws {
    try timed(.thaw) {
      try connection.execute("truncate thawed_journey")
      let appender = try connection.appender(schema: nil, table: "thawed_journey", types: [.bigint])
      for key in keys {
        appender.setBigint(0, key)
        try appender.endRow()
      }
      try appender.finish()
    }
    try perform(plan.thaw)
    // A rollback leaves the keys out of the set although their rows are cold again; `inTransaction` loads the set anew then.
    for key in keys { coldJourneys.remove(key) }
  }

  /// Records the hub holds beyond the store's offsets.
  func backlog(_ source: any RecordSource) -> Int64 {
    (0..<source.partitionCount).reduce(0) { $0 + max(0, source.endOffset(partition: $1) - nextOffsets[$1]) }
  }

  /// Whether records were appended that are not restated yet; also after a kill in the middle of the bulk path.
  var hasPending: Bool { nextOffsets.indices.contains { nextOffsets[$0] > (restatedOffsets[$0] ?? 0) } }

  var lastFreeze = ContinuousClock.now
  var lastCheckpoint = ContinuousClock.now
  var lastRetention = ContinuousClock.now

  /// Moves "now" on when nothing has arrived, so that what is due becomes due. A simulated store's clock is its feed's.
  /// - Returns: `nil` if the clock stood still or moved with a batch just now.
  func tick() throws -> BatchResult? {
    let wall = Int64(Date().timeIntervalSince1970 * 1_000_000)
    guard !store.configuration.isSimulated, wall - clock > 4_000_000 else { return nil }
    seconds = [:]
    try inTransaction {
      clock = wall
      batch += 1
      try plan.clock.execute([.timestamp(clock), .integer(batch), .timestamp(wall)])
    }
    return BatchResult(
      batch: batch, committedAt: wall, records: 0, quarantined: 0, restatedJourneys: 0, oldestEnqueuedAt: 0, newestEnqueuedAt: 0, seconds: seconds,
      nextOffsets: nextOffsets, recordsByHospital: [:])
  }

  private var knownMonths: Set<Int64> = []
  /// Whether a hospital may have become known since quarantine was last looked at for its records; so also at start.
  var hasHospitalsToReplay = true

  /// Adds the hours of months that no record lay in before.
  func extendTime() throws {
    var fresh: [Int64] = []
    try timed(.departments) { try plan.months.forEachInt64 { if !knownMonths.contains($0) { fresh.append($0) } } }
    guard !fresh.isEmpty else { return }
    try perform(plan.times)
    knownMonths.formUnion(fresh)
  }

  /// Takes the department changes of the batch into the dimensions.
  func changeDepartments() throws {
    try perform(plan.departments)
    compiled?.forgetDimensions()
    try followZones()
    hasHospitalsToReplay = true
  }

  func finishBatch(
    records: Int, journeys: Int, quarantined: Int, oldest: Int64, newest: Int64, offsets: [Int64], isRestating: Bool
  ) throws -> BatchResult {
    if isCompiledBatch, let compiled {
      try timed(.aggregates) { try compiled.restateAggregates() }
      try perform(plan.drift)
    } else {
      try perform(plan.aggregates)
      try perform(plan.drift)
    }
    let wall = Int64(Date().timeIntervalSince1970 * 1_000_000)
    if store.configuration.isSimulated {
      // Only times that a sender stated: where there was none, `recorded_at` is the hub's time, which is another clock's.
      let latest = try connection.query(
        "select max(recorded_at) from (select recorded_at, enqueued_at from n_stay_record union all select recorded_at, enqueued_at from n_movement_record) where recorded_at <> enqueued_at"
      ).scalar.int64
      clock = max(clock, latest ?? clock)
    } else {
      clock = max(clock, wall)
    }
    batch += 1
    try timed(.commit) {
      try plan.clock.execute([.timestamp(clock), .integer(batch), .timestamp(wall)])
      for (partition, offset) in offsets.enumerated() where offset != nextOffsets[partition] || isRestating {
        try keepOffsets(partition, offset, isRestating ? offset : restatedOffsets[partition] ?? 0)
      }
      let milliseconds = seconds.values.reduce(0, +) * 1000
      try plan.logBatch.execute([
        .integer(batch), .timestamp(wall), .integer(Int64(records)), .integer(Int64(journeys)), .timestamp(newest), .double(milliseconds),
      ])
    }
    return BatchResult(
      batch: batch, committedAt: wall, records: records, quarantined: quarantined, restatedJourneys: journeys,
      oldestEnqueuedAt: records > 0 ? oldest : 0, newestEnqueuedAt: newest, seconds: seconds, nextOffsets: offsets,
      recordsByHospital: try recordsByHospital())
  }

  private var restatedOffsets: [Int: Int64] = [:]

  private func recordsByHospital() throws -> [Int: Int] {
    var counts: [Int: Int] = [:]
    try plan.recordsByHospital.forEachChunk { chunk in
      for row in 0..<chunk.count where !chunk.isNull(0, row) { counts[Int(chunk.int32(0, row))] = Int(chunk.int64(1, row)) }
    }
    return counts
  }

  func keepOffsets(_ partition: Int, _ next: Int64, _ restated: Int64) throws {
    try plan.forgetOffset.execute([.integer(Int64(partition))])
    try plan.keepOffset.execute([.integer(Int64(partition)), .integer(next), .integer(restated)])
    restatedOffsets[partition] = restated
  }

  /// For who replaces everything.
  func forgetColdKeys() {
    compiled?.forgetDimensions()
    coldJourneys = KeySet()
    coldPatients = KeySet()
  }

  // MARK: - Running statements

  func perform(_ statements: [BatchPlan.Prepared]) throws {
    for statement in statements { try timed(statement.stage) { try statement.run(isLarge: isLarge) } }
  }

  func timed<Result>(_ stage: BatchStage, _ body: () throws -> Result) rethrows -> Result {
    let start = ContinuousClock.now
    defer { seconds[stage, default: 0] += (ContinuousClock.now - start) / .seconds(1) }
    return try body()
  }

  func inTransaction(_ body: () throws -> Void) throws {
    let before = (batch, clock, restatedOffsets, knownMonths)
    isCompiledBatch = false
    try connection.execute("begin transaction")
    do {
      try body()
      _ = try timed(.commit) { try connection.execute("commit") }
    } catch {
      // A failed commit has ended the transaction already; then there is nothing to roll back and that is fine.
      _ = try? connection.execute("rollback")
      (batch, clock, restatedOffsets, knownMonths) = before
      compiled?.forgetDimensions()
      try loadColdKeys()
      throw error
    }
  }
}
