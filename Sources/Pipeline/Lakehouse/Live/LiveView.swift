internal import DuckDB
public import Journeys
public import Logging
public import ServiceLifecycle
internal import Synchronization

/// The figures of this moment, ahead of the store: an event is counted as soon as the hub has it, while the store's batch is still being written.
///
/// Only figures of one moment come from here. Everything else asks the store.
public final class LiveView: Service {
  private static let stepBytes = 1 << 20
  /// From step to step under load: a step asks the store for journeys that come back, which costs the same for one as for many.
  private static let shortestStep = Duration.milliseconds(60)

  private let store: WorkingStore
  private let source: any RecordSource
  private let worker = SerialWorker<LiveFollower>(label: "patientflow.live")
  private let logger: Logger
  private let listeners = Mutex<[AsyncStream<Void>.Continuation]>([])
  private let isGivenUp = Atomic<Bool>(false)
  private let poke: AsyncStream<Void>.Continuation
  private let pokes: AsyncStream<Void>

  /// - Returns: `nil` if the models on disk are not those that are told in Swift; then figures come from the store alone.
  public init?(
    store: WorkingStore, schemas: [EventSchema], pseudonymizer: Pseudonymizer, source: any RecordSource,
    configuration: LakehouseConfiguration = .init(), logger: Logger
  ) async throws {
    guard try CompiledModels.hold(for: store.catalog) else { return nil }
    self.store = store
    self.source = source
    self.logger = logger
    (pokes, poke) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    try await worker.open {
      LiveFollower(
        try LiveStore(try store.database.connect()), store.progress, source, try SilverReader(schemas: schemas, pseudonymizer: pseudonymizer),
        configuration)
    }
  }

  /// Each element says that the figures have changed; several at once are told once.
  public func changes() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    listeners.withLock { $0.append(continuation) }
    return stream
  }

  /// The store has committed; what waited for it goes on.
  public func storeDidCommit() { poke.yield() }

  /// The figures of this moment; `nil` while they have to be asked of the store.
  public func picture() async -> LivePicture? {
    do { return try await worker.perform { try $0.picture() } } catch {
      await failed(error)
      return nil
    }
  }

  public func run() async throws {
    let wakes = source.appended()
    let poke = poke
    await withDiscardingTaskGroup { group in
      group.addTask {
        for await _ in wakes.cancelOnGracefulShutdown() { poke.yield() }
        poke.finish()
      }
      for await _ in pokes.cancelOnGracefulShutdown() { await catchUp(pause: Self.shortestStep) }
      group.cancelAll()
    }
    for listener in listeners.withLock({ $0 }) { listener.finish() }
  }

  /// Counts all that the hub holds.
  /// - Parameter pause: shortest time from step to step.
  package func catchUp(pause: Duration = .zero) async {
    do {
      while !Task.isCancelled {
        let start = ContinuousClock.now
        let (isMore, isTooMuch) = try await worker.perform { (try $0.step(maxBytes: Self.stepBytes), $0.isTooMuch) }
        if isTooMuch, !isGivenUp.exchange(true, ordering: .relaxed) {
          logger.warning(
            "More patients count now than live figures keep in memory; figures come from the store from now on. Does a feed's clock run ahead?")
        }
        guard isMore else { return }
        for listener in listeners.withLock({ $0 }) { listener.yield() }
        // A cancelled sleep only ends the wait early.
        try? await cancelWhenGracefulShutdown { try await Task.sleep(until: start + pause) }
      }
    } catch {
      await failed(error)
    }
  }

  /// Live figures then come from the store until they can be begun from it again.
  private func failed(_ error: any Error) async {
    logger.warning("Live figures could not be carried on and are begun anew from the store.", metadata: ["reason": "\(error)"])
    _ = try? await worker.perform { $0.reset() }
    try? await Task.sleep(for: .seconds(1))
  }
}
