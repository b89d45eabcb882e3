internal import Dispatch
internal import DuckDB
public import Logging
internal import Metrics
public import ServiceLifecycle
internal import Synchronization

/// Runs the batches: hub records become committed gold as soon as they are durable in the hub.
public final class LakehouseService: Service {
  private let store: WorkingStore
  private let configuration: LakehouseConfiguration
  private let source: any RecordSource
  private let engine = SerialWorker<BatchRunner>(label: "patientflow.lakehouse.writer")
  private let onCommit: @Sendable (BatchResult) async -> Void
  private let logger: Logger
  private let failureText = Mutex<String?>(nil)
  private let shortage: MemoryShortage
  private let hadRoom = Atomic<Bool>(true)

  /// - Parameter onCommit: told after each commit, in order.
  public init(
    store: WorkingStore, schemas: [EventSchema], pseudonymizer: Pseudonymizer, source: any RecordSource,
    configuration: LakehouseConfiguration = .init(), shortage: MemoryShortage = .init(), logger: Logger,
    onCommit: @escaping @Sendable (BatchResult) async -> Void
  ) async throws {
    self.store = store
    self.configuration = configuration
    self.source = source
    self.onCommit = onCommit
    self.shortage = shortage
    self.logger = logger
    try await engine.open {
      try BatchRunner(
        store: store, schemas: schemas, pseudonymizer: pseudonymizer, partitionCount: source.partitionCount, configuration: configuration)
    }
    // The network file may have changed since the store was last open.
    if let result = try await engine.perform({ runner in try runner.refreshHospitals() }) { await report(result) }
  }

  /// Works until graceful shutdown; then takes what is left in the hub, commits and folds the log.
  /// - Throws: ``LakehouseError`` `storeLost` if the store has to be opened anew; nothing that was committed is lost by that.
  public func run() async throws {
    failure(nil)
    let wakes = source.appended()
    try await withThrowingTaskGroup(of: Void.self) { group in
      let (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
      let tick = configuration.idleTick
      group.addTask {
        for await _ in wakes.cancelOnGracefulShutdown() { signal.yield() }
        signal.finish()
      }
      group.addTask {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
          signal.yield()
          // A cancelled sleep ends the loop by its condition.
          try? await cancelWhenGracefulShutdown { try await Task.sleep(for: tick) }
        }
      }
      for await _ in signals {
        try await workOff()
      }
      group.cancelAll()
    }
    try await workOff()
    try await engine.perform { runner in try runner.checkpoint() }
    logger.info("The lakehouse has committed what the hub held and stopped.")
  }

  /// Commits all there is. A full disk is waited for; anything else that fails is told and tried again at the next wake.
  private func workOff() async throws {
    do {
      try await catchUp()
      while !Task.isCancelled {
        let start = ContinuousClock.now
        let bytes = shortage.bytes(configuration.batchBytes)
        guard let result = try await engine.perform({ [source] runner in try runner.run(source, maxBytes: bytes) }) else { break }
        await report(result)
        shortage.committed()
        // Here too: a feed that never pauses never ends this loop.
        try await settle()
        let pause = configuration.minimumPause - (ContinuousClock.now - start)
        if pause > .zero, isUpToDate(result) { try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) } }
      }
      if let result = try await engine.perform({ runner in try runner.tick() }) { await report(result) }
      try await settle()
    } catch is CancellationError {
      return
    } catch let error as DuckDBError where error.isFatal {
      failure(error)
      throw LakehouseError(Task.isShuttingDownGracefully ? .engine : .storeLost, error.message)
    } catch let error as LakehouseError where error.code == .storeLost {
      failure(error)
      shortage.failed()
      throw Task.isShuttingDownGracefully ? LakehouseError(.engine, error.message) : error
    } catch {
      failure(error)
      logger.error("A batch failed and was rolled back; nothing is lost, it is tried again.", metadata: ["reason": "\(error)"])
      try? await Task.sleep(for: .seconds(1))
    }
  }

  /// What follows every batch that was committed.
  private func settle() async throws {
    try await restateDeferred()
    try await replayOfKnownHospitals()
    try await maintain()
    failure(nil)
    reportRoom()
  }

  /// Whether less waits in the hub than the batch took: one that was bounded by its size is followed by the next at once.
  private func isUpToDate(_ result: BatchResult) -> Bool {
    let waiting = result.nextOffsets.enumerated().reduce(0) { $0 + max(0, source.endOffset(partition: $1.offset) - $1.element) }
    return waiting < result.records
  }

  private func maintain() async throws {
    let seconds = try await engine.perform { [configuration] runner in try runner.maintain(configuration) }
    guard !seconds.isEmpty else { return }
    record(seconds)
    logger.debug("The store was maintained.", metadata: ["milliseconds": "\(Self.milliseconds(seconds))"])
  }

  private func record(_ seconds: [BatchStage: Double]) {
    for (stage, seconds) in seconds {
      Metrics.Timer(label: "patientflow_lakehouse_stage_seconds", dimensions: [("stage", stage.rawValue)]).recordNanoseconds(Int64(seconds * 1e9))
    }
  }

  private static func milliseconds(_ seconds: [BatchStage: Double]) -> String {
    seconds.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue) \(Int($0.value * 1000))" }.joined(separator: ", ")
  }

  /// The bulk path: a large backlog is put aside piece by piece and restated once all of it is there. Restated piece by piece, journeys and
  /// patients that come back in every piece would be moved from cold to hot each time (measured: half as fast).
  private func catchUp() async throws {
    let limit = configuration.bulkRecords
    let bytes = shortage.bytes(configuration.bulkBytes)
    guard try await engine.perform({ [source] runner in runner.backlog(source) >= limit || runner.hasPending }) else { return }
    while let result = try await engine.perform({ [source] runner in try runner.run(source, maxBytes: bytes, isRestating: false) }) {
      await report(result)
      if try await engine.perform({ [source] runner in runner.backlog(source) == 0 }) { break }
    }
    let slice = shortage.records(configuration.restatedRecords)
    if let result = try await engine.perform({ runner in try runner.restatePending(sliceRecords: slice) }) { await report(result) }
  }

  /// Restates what a batch left to be restated after it: a feed that never pauses would never come to it.
  private func restateDeferred() async throws {
    let slice = shortage.records(configuration.restatedRecords)
    if let result = try await engine.perform({ runner in runner.hasDeferred ? try runner.restatePending(sliceRecords: slice) : nil }) {
      await report(result)
    }
  }

  /// Takes all that the hub holds on to gold and folds the log; for commands that end.
  public func catchUpAndStop() async throws {
    try await catchUp()
    while let result = try await engine.perform({ [source, configuration] runner in try runner.run(source, maxBytes: configuration.batchBytes) }) {
      await report(result)
    }
    try await restateDeferred()
    try await replayOfKnownHospitals()
    try await engine.perform { runner in
      try runner.freeze()
      try runner.checkpoint()
    }
  }

  /// Recomputes a layer from the one below it.
  /// - Returns: the journeys recomputed.
  public func rebuild(_ layer: RebuildLayer) async throws -> Int {
    try await engine.perform { runner in
      let journeys = try runner.rebuild(layer)
      try runner.checkpoint()
      return journeys
    }
  }

  /// Judges quarantined records again, in place; see ``BatchRunner/replay(_:)``.
  public func replay(_ choice: QuarantineChoice) async throws -> ReplayOutcome {
    let done = try await engine.perform { runner in try runner.replay(choice) }
    for result in done.batches { await report(result) }
    // A command that ends must leave nothing behind.
    try await restateDeferred()
    return done.outcome
  }

  /// Takes the hospitals of a changed network file into the store, and restates what depends on what has changed.
  public func setHospitals(_ settings: [HospitalSetting]) async throws {
    let result = try await engine.perform { [store] runner in
      try store.setHospitals(settings)
      return try runner.refreshHospitals()
    }
    if let result { await report(result) }
    try await restateDeferred()
    try await replayOfKnownHospitals()
  }

  private func replayOfKnownHospitals() async throws {
    guard let done = try await engine.perform({ runner in try runner.replayOfKnownHospitals() }) else { return }
    for result in done.batches { await report(result) }
    try await restateDeferred()
    logger.info(
      "Records of hospitals that have become known were judged again.",
      metadata: ["judged": "\(done.outcome.judged)", "accepted": "\(done.outcome.accepted)"])
  }

  private func report(_ result: BatchResult) async {
    Counter(label: "patientflow_lakehouse_records_total").increment(by: result.records)
    Counter(label: "patientflow_lakehouse_quarantined_total").increment(by: result.quarantined)
    Counter(label: "patientflow_lakehouse_batches_total").increment()
    record(result.seconds)
    logger.debug(
      "A batch was committed.",
      metadata: [
        "batch": "\(result.batch)", "records": "\(result.records)", "journeys": "\(result.restatedJourneys)",
        "milliseconds": "\(Self.milliseconds(result.seconds))",
      ])
    await onCommit(result)
  }

  /// Says once when the disk has become too full to fold the log, and once when it has room again.
  private func reportRoom() {
    let hasRoom = store.hasRoomToFold
    guard hadRoom.exchange(hasRoom, ordering: .relaxed) != hasRoom else { return }
    if hasRoom {
      logger.notice("The disk has room again to fold the store's write-ahead log.")
    } else {
      logger.error("The disk is nearly full: the store's write-ahead log is not folded until there is as much room as it takes.")
    }
  }

  private func failure(_ error: (any Error)?) {
    Gauge(label: "patientflow_lakehouse_failing").record(error == nil ? 0 : 1)
    failureText.withLock { $0 = error.map { "\($0)" } }
  }

  /// Why the last batch failed, `nil` if it did not.
  public var lastFailure: String? { failureText.withLock { $0 } }
}
