internal import HTTPTypes
internal import Logging
internal import Metrics
internal import NIOCore
internal import ServiceLifecycle
internal import Synchronization

/// Sends `live` frames after changes and heartbeats in between to every open stream.
///
/// A change is shown at once if the last frame is old enough, else as soon as it is; changes in between are shown with
/// it. Nothing is asked while nobody looks.
final class LiveBroadcaster: Service {
  /// Frames are never closer than this.
  static let shortestGap = Duration.milliseconds(50)
  static let heartbeatInterval = Duration.seconds(2)
  /// A reader who took nothing for so long is gone, whatever its connection says.
  static let patience = Duration.seconds(60)

  private struct State {
    var viewers: [Int: Viewer] = [:]
    var nextID = 0
    var frame: LiveFrame?
    /// Whether something has changed since the frame was begun.
    var isChanged = true
    var building: Task<LiveFrame, any Error>?
    var isClosed = false
  }

  private struct Viewer {
    let mailbox: Mailbox
    let disconnect: @Sendable () -> Void
  }

  private let reader: GoldReader
  private let logger: Logger
  private let state = Mutex(State())
  private let viewers = Gauge(label: "patientflow_serving_live_viewers")
  private let framesAhead = Counter(label: "patientflow_serving_live_frames_total", dimensions: [("source", "hub")])
  private let framesOfStore = Counter(label: "patientflow_serving_live_frames_total", dimensions: [("source", "store")])
  private let frameTime = Metrics.Timer(label: "patientflow_serving_live_frame_duration_seconds")

  init(reader: GoldReader, logger: Logger) {
    self.reader = reader
    self.logger = logger
  }

  func run() async throws {
    let commits = reader.feed.subscribe()
    let changes = reader.ahead?.changes()
    let (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    await withDiscardingTaskGroup { group in
      group.addTask {
        for await _ in commits.cancelOnGracefulShutdown() { self.change(signal) }
        signal.finish()
      }
      if let changes { group.addTask { for await _ in changes.cancelOnGracefulShutdown() { self.change(signal) } } }
      group.addTask { await self.show(signals) }
      group.addTask { await self.beat() }
    }
    closeAll()
  }

  private func change(_ signal: AsyncStream<Void>.Continuation) {
    state.withLock { $0.isChanged = true }
    signal.yield()
  }

  private func show(_ signals: AsyncStream<Void>) async {
    for await _ in signals {
      do {
        // Again if a frame that was being made already does not hold the change.
        while state.withLock({ !$0.viewers.isEmpty && $0.isChanged }) { try await showFrame() }
      } catch {
        logger.warning("A live frame could not be made.", metadata: ["error_type": "\(type(of: error))"])
      }
    }
  }

  private func showFrame() async throws {
    if let last = state.withLock({ $0.frame }) {
      let gap = ContinuousClock.now - last.madeAt
      // A cancelled sleep only ends the wait early.
      if gap < Self.shortestGap { try? await Task.sleep(for: Self.shortestGap - gap) }
    }
    let frame = try await currentFrame()
    (frame.isAhead ? framesAhead : framesOfStore).increment()
    for viewer in mailboxes() { viewer.mailbox.offer(live: frame.bytes) }
  }

  private func beat() async {
    while await Self.pause() {
      let viewers = mailboxes()
      guard !viewers.isEmpty else { continue }
      for viewer in viewers where viewer.mailbox.waited() > Self.patience {
        viewer.mailbox.close()
        viewer.disconnect()
      }
      do {
        let status = await reader.provider.status()
        let beat = LiveFrame.heartbeat(
          clock: try await reader.clock(), status: status, eventsPerSecond: reader.feed.history.eventsPerSecond(),
          silentAfter: reader.configuration.silentAfter)
        for viewer in viewers { viewer.mailbox.offer(heartbeat: beat) }
      } catch {
        logger.warning("A heartbeat could not be made.", metadata: ["error_type": "\(type(of: error))"])
      }
    }
  }

  /// - Returns: whether to go on.
  private static func pause() async -> Bool {
    do {
      try await cancelWhenGracefulShutdown { try await Task.sleep(for: heartbeatInterval) }
      return true
    } catch {
      return false
    }
  }

  /// A stream's place among the viewers; it is given up when the value is released.
  final class Subscription: Sendable {
    let mailbox: Mailbox
    private let leave: @Sendable () -> Void

    init(mailbox: Mailbox, leave: @escaping @Sendable () -> Void) {
      self.mailbox = mailbox
      self.leave = leave
    }

    deinit { leave() }
  }

  /// - Parameter disconnect: closes the connection of a reader who does not read.
  /// - Throws: ``Problem`` 503 if there are as many viewers as allowed.
  func subscribe(disconnect: @escaping @Sendable () -> Void) throws -> Subscription {
    let mailbox = Mailbox()
    let id: Int? = state.withLock { state in
      guard !state.isClosed, state.viewers.count < reader.configuration.maximumViewers else { return nil }
      state.nextID += 1
      state.viewers[state.nextID] = Viewer(mailbox: mailbox, disconnect: disconnect)
      return state.nextID
    }
    guard let id else {
      throw Problem(
        .serviceUnavailable, title: "Too many viewers", detail: "As many live streams are open as this server allows. Close one, or try again later.",
        headers: [.retryAfter: "10"])
    }
    showViewers()
    return Subscription(mailbox: mailbox) { [weak self] in
      self?.state.withLock { _ = $0.viewers.removeValue(forKey: id) }
      self?.showViewers()
    }
  }

  /// The frame of the newest figures; made once however many ask.
  func currentFrame() async throws -> LiveFrame {
    enum Found {
      case frame(LiveFrame)
      case task(Task<LiveFrame, any Error>)
    }
    let found: Found = state.withLock { state in
      if let frame = state.frame, !state.isChanged, ContinuousClock.now - frame.madeAt < .seconds(1) { return .frame(frame) }
      if let task = state.building { return .task(task) }
      // Its own task, so that a stream that ends does not take the frame from the others.
      let task = Task { try await self.build() }
      state.building = task
      state.isChanged = false
      return .task(task)
    }
    switch found {
    case .frame(let frame): return frame
    case .task(let task): return try await task.value
    }
  }

  private func build() async throws -> LiveFrame {
    let start = ContinuousClock.now
    defer { state.withLock { $0.building = nil } }
    let frame = LiveFrame(try await reader.live())
    state.withLock { $0.frame = frame }
    frameTime.recordNanoseconds((ContinuousClock.now - start).nanoseconds)
    return frame
  }

  private func mailboxes() -> [Viewer] { state.withLock { Array($0.viewers.values) } }

  private func showViewers() { viewers.record(state.withLock { $0.viewers.count }) }

  private func closeAll() {
    let open = state.withLock { state in
      state.isClosed = true
      return Array(state.viewers.values)
    }
    for viewer in open { viewer.mailbox.close() }
  }
}
