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
  private(set) var batch: Int64
  private(set) var nextOffsets: [Int64] { didSet { store.progress.committed = nextOffsets } }
  private(set) var clock: Int64
  var seconds: [BatchStage: Double] = [:]
  /// Whether the batch at hand is so large that its statements are planned for it.
  private(set) var isLarge = false
  private var hasBulkMemory = false
  private var planAge = 0
  private let largeRecords: Int
  let deferredJourneys: Int
  /// The models' twin; `nil` if the models on disk are not those that it tells.
  let compiled: CompiledRestatement?

  init(store: WorkingStore, schemas: [EventSchema], pseudonymizer: Pseudonymizer, partitionCount: Int, configuration: LakehouseConfiguration) throws {
    largeRecords = configuration.largeRecords
    deferredJourneys = configuration.deferredJourneys
    self.store = store
    self.schemas = schemas
    self.pseudonymizer = pseudonymizer
    connection = store.writer
    try Self.allowStatistics(false, connection)
    // So many row numbers are handed down to a scan that fetches rows by them.
    try connection.execute("set dynamic_or_filter_threshold = 2000")
    try StagingTables.make(connection, schemas: schemas)
    statements = Statements(catalog: store.catalog)
    plan = try BatchPlan(connection: connection, statements: statements)
    compiled =
      try CompiledModels.hold(for: store.catalog)
      ? CompiledRestatement(connection: connection, timesConnection: store.database.connect()) {
        try SilverReader(schemas: schemas, pseudonymizer: pseudonymizer)
      } : nil
    let state = try connection.query("select batch, now from gold.clock").rows.first ?? []
    batch = state.first?.int64 ?? 0
    clock = state.last?.int64 ?? 0
    nextOffsets = Array(repeating: 0, count: partitionCount)
    restatedOffsets = nextOffsets
    for row in try connection.query("select hub_partition, next_offset, restated_offset from ops.hub_offset").rows {
      guard let partition = row[0].int64, let offset = row[1].int64 else { continue }
      guard partition < partitionCount else {
        throw LakehouseError(
          .configuration, "the store has read partition \(partition), the hub has only \(partitionCount); give the hub its partitions back")
      }
      nextOffsets[Int(partition)] = offset
      restatedOffsets[Int(partition)] = row[2].int64 ?? 0
    }
    store.progress.committed = nextOffsets
    hasDeferred = try connection.query("select count(*) from ops.touched_journey").scalar.int64 ?? 0 > 0
  }

  /// The store's "now", microseconds since 1970.
  var now: Int64 { clock }

  /// Runs one batch over what the source holds beyond the store's offsets.
  /// - Parameters:
  ///   - maxBytes: how much of each partition is taken at the most.
  ///   - isRestating: false appends records only and leaves the restating to a later call of ``restatePending()``;
  ///     the bulk path does that.
  /// - Returns: `nil` if there was nothing to do.
  func run(_ source: any RecordSource, maxBytes: Int, isRestating: Bool = true) throws -> BatchResult? {
    seconds = [:]
    guard (0..<source.partitionCount).contains(where: { source.endOffset(partition: $0) > nextOffsets[$0] }) else { return nil }
    var result: BatchResult?
    var offsets = nextOffsets
    try inTransaction {
      var figures = try timed(.bronze) { try take(source, maxBytes: maxBytes) }
      let slice = SourceSlice(source: source, from: nextOffsets, to: figures.offsets, maxBytes: maxBytes)
      try choosePlans(figures.records)
      if let compiled {
        result = isRestating ? try run(compiled, slice, &figures) : try append(compiled, slice, &figures)
      } else {
        try plan.empty()
        let writer = try ParsedWriter(connection: connection, schemas: schemas, pseudonymizer: pseudonymizer)
        try timed(.parse) {
          try slice.forEachRecord { partition, record in
            try writer.append(partition: partition, offset: record.offset, enqueuedAt: record.enqueuedAt, body: record.body)
          }
          try writer.finish()
        }
        result = try runModels(writer, &figures, isRestating: isRestating)
      }
      offsets = figures.offsets
    }
    nextOffsets = offsets
    return result
  }

  /// Writes the records beyond the store's offsets to bronze, and so says what the batch holds.
  private func take(_ source: any RecordSource, maxBytes: Int) throws -> BatchFigures {
    let bronze = try connection.appender(schema: "bronze", table: "event", types: [.integer, .bigint, .timestamp, .blob])
    var figures = BatchFigures(offsets: nextOffsets)
    for partition in 0..<source.partitionCount {
      let start = max(nextOffsets[partition], source.startOffset(partition: partition))
      figures.offsets[partition] = try source.forEachRecord(partition: partition, from: start, maxBytes: maxBytes) { record in
        bronze.setInteger(0, Int32(partition))
        bronze.setBigint(1, record.offset)
        bronze.setBigint(2, record.enqueuedAt)
        bronze.setBytes(3, record.body)
        try bronze.endRow()
        figures.count(record)
      }
    }
    try bronze.finish()
    return figures
  }

  /// From the staging tables `parsed_*` to gold, by the models.
  func runModels(_ writer: ParsedWriter, _ figures: inout BatchFigures, isRestating: Bool) throws -> BatchResult {
    if writer.counts[.department, default: 0] > 0 {
      try changeDepartments()
      // The journeys whose facts hold keys of these departments; the later restating knows only those of appended records.
      if !isRestating { figures.journeys = try restateTouched() }
    }
    try perform(isRestating ? plan.append : plan.putAside)
    try extendTime()
    if isRestating { figures.journeys = try restateTouched() }
    return try finishModels(&figures, isRestating: isRestating)
  }

  /// A small batch runs faster on one thread: handing 300 rows from operator to operator to a second one costs more
  /// than it saves (measured: 95 ms against 180).
  func setSize(isLarge: Bool) throws {
    guard isLarge != self.isLarge else { return }
    self.isLarge = isLarge
    try connection.execute("set threads = \(isLarge ? store.configuration.threads : 1)")
    try Self.allowStatistics(isLarge, connection)
    if isLarge {
      try connection.execute("set memory_limit = '\(store.configuration.bulkMemoryLimit)'")
      hasBulkMemory = true
    }
    try giveBackMemory()
  }

  /// Sets the small limit again. DuckDB refuses that while more is in use that can't be spilled; then the next fold of the log tries again.
  func giveBackMemory() throws {
    guard hasBulkMemory, !isLarge else { return }
    do {
      try connection.execute("set memory_limit = '\(store.configuration.memoryLimit)'")
      hasBulkMemory = false
    } catch { guard error.isOutOfSpace else { throw error } }
  }

  /// A plan that is kept must not rest on what the tables held when it was made: DuckDB 1.5 takes minima and maxima into
  /// the plan (perfect hash aggregates, compressed columns) and fails, or worse, when the rows have changed since.
  private static func allowStatistics(_ isAllowed: Bool, _ connection: Connection) throws(DuckDBError) {
    try connection.execute("set disabled_optimizers = '\(isAllowed ? "" : "statistics_propagation,compressed_materialization")'")
  }

  func choosePlans(_ records: Int) throws {
    try setSize(isLarge: records >= largeRecords)
    planAge += 1
    // 1, 2, 4, … batches at first, while tables grow quickly, then every 256.
    if planAge >= 256 || (planAge & (planAge - 1)) == 0 {
      plan.replan()
      compiled?.replan()
    }
    if planAge >= 512 { planAge = 256 }
  }

  /// Restates every journey of `touched_journey` by the models.
  /// - Returns: how many there were.
  func restateTouched() throws -> Int {
    isRewriting = true
    compiled?.forgetJourneys()
    var journeys: [Int64] = []
    try plan.touchedJourneys.forEachInt64 { journeys.append($0) }
    guard !journeys.isEmpty else { return 0 }
    try thaw(journeys.filter { known.coldJourneys.contains($0) })
    for key in journeys { known.hotJourneys.insert(key) }
    try perform(plan.movements)
    var hasHistory = false
    try plan.touchedPatients.forEachInt64 {
      if known.coldPatients.contains($0) { hasHistory = true }
      known.hotPatients.insert($0)
    }
    try perform(hasHistory ? plan.patientsWithHistory : plan.patients)
    if try connection.query("select count(*) from changed_patient").scalar.int64 ?? 0 > 0 {
      try perform(plan.replacePatients)
      try perform([plan.journeysOfChangedPatients])
      var others: [Int64] = []
      try plan.touchedJourneys.forEachInt64 { if known.coldJourneys.contains($0) { others.append($0) } }
      try thaw(others)
    }
    try perform(plan.facts)
    return journeys.count
  }

  /// Moves cold journeys to the hot tables.
  func thaw(_ keys: [Int64]) throws {
    guard !keys.isEmpty else { return }
    try timed(.thaw) {
      try becomeHot(keys)
      for table in plan.thaw where try table.find.run(isLarge: isLarge) > 0 {
        for statement in table.move { try statement.run(isLarge: isLarge) }
      }
    }
  }

  /// Puts the keys into `thawed_journey`. A rollback makes wrong what is known; `inTransaction` loads the keys anew then.
  private func becomeHot(_ keys: [Int64]) throws {
    try connection.execute("truncate thawed_journey; truncate thawed_row")
    let appender = try connection.appender(schema: nil, table: "thawed_journey", types: [.bigint])
    for key in keys {
      appender.setBigint(0, key)
      try appender.endRow()
    }
    try appender.finish()
    known.becomeHot(keys)
  }

  /// Records the hub holds beyond the store's offsets.
  func backlog(_ source: any RecordSource) -> Int64 {
    (0..<source.partitionCount).reduce(0) { $0 + max(0, source.endOffset(partition: $1) - nextOffsets[$1]) }
  }

  /// Whether records were appended that are not restated yet, or journeys were left to be restated; also after a kill in the middle of it.
  var hasPending: Bool { hasDeferred || nextOffsets.indices.contains { nextOffsets[$0] > restatedOffsets[$0] } }
  /// Whether `ops.touched_journey` holds journeys.
  var hasDeferred = false

  /// Movements that restating wrote to the hot table since its rows were last put side by side.
  var rowsWrittenSinceCompaction: Int64 = 0
  var isSuspect = false
  /// Whether the transaction changes more than a batch of patients' records does.
  var isRewriting = false
  var lastFreeze = ContinuousClock.now
  var lastCheckpoint = ContinuousClock.now
  var lastRetention = ContinuousClock.now - .seconds(3601)

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
    var months: Set<Int64> = []
    try timed(.departments) { try plan.months.forEachInt64 { months.insert($0) } }
    try extendTime(to: months) {}
  }

  /// - Parameter stage: puts the records into `n_stay_record` and `n_movement_record` if they are not there yet.
  func extendTime(to months: Set<Int64>, stage: () throws -> Void) throws {
    guard !months.isSubset(of: knownMonths) else { return }
    try stage()
    try perform(plan.times)
    knownMonths.formUnion(months)
  }

  /// Ends a batch of the models: aggregates, and what every batch ends with.
  func finishModels(_ figures: inout BatchFigures, isRestating: Bool) throws -> BatchResult {
    figures.quarantined = Int(try connection.query("select count(*) from n_quarantine").scalar.int64 ?? 0)
    try perform(plan.aggregates)
    try perform(plan.drift)
    if store.configuration.isSimulated {
      // Only times that a sender stated: where there was none, `recorded_at` is the hub's time, which is another clock's.
      figures.latestStated =
        try connection.query(
          "select max(recorded_at) from (select recorded_at, enqueued_at from n_stay_record union all select recorded_at, enqueued_at from n_movement_record) where recorded_at <> enqueued_at"
        ).scalar.int64
    }
    try plan.recordsByHospital.forEachChunk { chunk in
      for row in 0..<chunk.count where !chunk.isNull(0, row) { figures.recordsByHospital[Int(chunk.int32(0, row))] = Int(chunk.int64(1, row)) }
    }
    return try finish(figures, isRestating: isRestating)
  }

  /// Ends a batch that restated by the models what the store held already.
  /// - Parameter isWhole: whether nothing is left to restate.
  func finishRestating(_ journeys: Int, isWhole: Bool = true) throws -> BatchResult {
    var figures = BatchFigures(offsets: nextOffsets)
    figures.journeys = journeys
    return try finishModels(&figures, isRestating: isWhole)
  }

  /// The store's "now" after a batch.
  func clock(after figures: BatchFigures) -> Int64 {
    max(clock, store.configuration.isSimulated ? figures.latestStated ?? clock : figures.startedAt)
  }

  /// What every batch ends with: the clock, the offsets and a line of the log.
  func finish(_ figures: BatchFigures, isRestating: Bool) throws -> BatchResult {
    let wall = Int64(Date().timeIntervalSince1970 * 1_000_000)
    clock = clock(after: figures)
    batch += 1
    try timed(.commit) {
      try plan.clock.execute([.timestamp(clock), .integer(batch), .timestamp(wall)])
      try keepOffsets(next: figures.offsets, restated: isRestating ? figures.offsets : restatedOffsets)
      let milliseconds = seconds.values.reduce(0, +) * 1000
      try plan.logBatch.execute([
        .integer(batch), .timestamp(wall), .integer(Int64(figures.records)), .integer(Int64(figures.journeys)), .timestamp(figures.newest),
        .double(milliseconds),
      ])
    }
    return BatchResult(
      batch: batch, committedAt: wall, records: figures.records, quarantined: figures.quarantined, restatedJourneys: figures.journeys,
      oldestEnqueuedAt: figures.records > 0 ? figures.oldest : 0, newestEnqueuedAt: figures.newest, seconds: seconds,
      nextOffsets: figures.offsets, recordsByHospital: figures.recordsByHospital)
  }

  /// The offsets up to which records were restated, by partition.
  private(set) var restatedOffsets: [Int64] = []

  private func keepOffsets(next: [Int64], restated: [Int64]) throws {
    try plan.forgetOffsets.execute()
    let appender = try connection.appender(schema: "ops", table: "hub_offset", types: [.integer, .bigint, .bigint])
    for (partition, offset) in next.enumerated() {
      appender.setInteger(0, Int32(partition))
      appender.setBigint(1, offset)
      appender.setBigint(2, restated[partition])
      try appender.endRow()
    }
    try appender.finish()
    restatedOffsets = restated
  }

  /// Everything that was appended has been restated.
  func keepOffsetsAsRestated() throws { try keepOffsets(next: nextOffsets, restated: nextOffsets) }

  /// For who replaces everything.
  func forgetKeys() {
    compiled?.forgetDimensions()
    compiled?.forgetJourneys()
    store.progress.areKeysRead = false
    isRewriting = true
  }

  // MARK: - Running statements

  func perform(_ statements: [BatchPlan.Prepared]) throws {
    for statement in statements { _ = try timed(statement.stage) { try statement.run(isLarge: isLarge) } }
  }

  func timed<Result>(_ stage: BatchStage, _ body: () throws -> Result) rethrows -> Result {
    let start = ContinuousClock.now
    defer { seconds[stage, default: 0] += (ContinuousClock.now - start) / .seconds(1) }
    return try body()
  }

  func inTransaction(_ body: () throws -> Void) throws {
    try trust()
    let before = (batch, clock, restatedOffsets, knownMonths, hasDeferred)
    try readKeys()
    isRewriting = false
    try connection.execute("begin transaction")
    do {
      try body()
      _ = try timed(.commit) { try connection.execute("commit") }
      if isRewriting { store.progress.didRewrite() }
    } catch {
      // A failed commit has ended the transaction already; then there is nothing to roll back and that is fine.
      _ = try? connection.execute("rollback")
      (batch, clock, restatedOffsets, knownMonths, hasDeferred) = before
      compiled?.forgetDimensions()
      compiled?.forgetJourneys()
      store.progress.areKeysRead = false
      throw judged(error)
    }
  }
}
