import EventHub
import Foundation
import Hospital
import Logging
import ServiceLifecycle
import Simulator
import Synchronization

/// Plays the simulated hospitals into the hub: the history at once, then at `speed` times real time.
///
/// The simulation is a function of seed and time, and the hub keeps a key's events in their order; so what was sent before a stop or a
/// kill is known exactly: of each partition's sequence the first `endOffset` events. They are played again and passed over.
final class SimulatorService: Service {
  private let hub: EventHub
  private let state: SimulatorState
  private let network: HospitalNetwork
  private let speed: Double
  private let logger: Logger
  /// How many events the pipeline is behind; the simulation waits while it is too many.
  private let lag: @Sendable () -> Int64
  private let progress = Mutex<Progress>(Progress())

  struct Progress: Sendable {
    /// Simulated time, microseconds since 1970.
    var now: Int64 = 0
    var isLive = false
  }

  init(hub: EventHub, state: SimulatorState, network: HospitalNetwork, speed: Double, logger: Logger, lag: @escaping @Sendable () -> Int64) {
    self.hub = hub
    self.state = state
    self.network = network
    self.speed = speed
    self.logger = logger
    self.lag = lag
  }

  var current: Progress { progress.withLock { $0 } }

  func run() async throws {
    var player = SimulatorPlayer(
      hub: hub, simulation: try HospitalSimulation(configuration: state.configuration(network)),
      ends: try (0..<hub.partitionCount).map { try hub.endOffset(partition: $0) })
    // What was sent before comes first: all up to the last event that the hub holds, and not a moment more.
    while player.isBehind {
      try Task.checkCancellation()
      if Task.isShuttingDownGracefully { return }
      let missing = player.passOver(50_000)
      try await send(missing, at: player.now)
    }
    var now = player.now
    while now < state.historyEnd {
      try Task.checkCancellation()
      if Task.isShuttingDownGracefully { return }
      now = min(now + CivilTime.hour, state.historyEnd)
      try await send(player.events(through: now), at: now)
      while lag() > 400_000, !Task.isShuttingDownGracefully { try await Task.sleep(for: .milliseconds(50)) }
    }
    logger.info("The simulated history is in the hub.", metadata: ["events": "\(player.count)", "days": "\((now - state.start) / CivilTime.day)"])
    progress.withLock { $0 = Progress(now: now, isLive: true) }
    try await playLive(&player, from: now)
  }

  private func playLive(_ player: inout SimulatorPlayer, from begin: Int64) async throws {
    var now = Double(begin)
    var last = ContinuousClock.now
    // A stop in the middle of the sleep is no error.
    while !Task.isShuttingDownGracefully, (try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(50)) }) != nil {
      let moment = ContinuousClock.now
      // A pipeline that is behind, or a machine that slept, does not make the hospitals jump.
      if lag() < 50_000 { now += min((moment - last) / .microseconds(1), 1e6) * speed }
      last = moment
      try await send(player.events(through: Int64(now)), at: Int64(now))
    }
  }

  private func send(_ events: [SimulatedEvent], at now: Int64) async throws {
    progress.withLock { $0.now = now }
    guard !events.isEmpty else { return }
    var buffer = EventBuffer(reservingBytes: events.count * 400, events: events.count)
    for event in events { buffer.append(key: event.key, value: event.body) }
    while true {
      do {
        _ = try await hub.append(buffer)
        return
      } catch {
        guard error.isRetryable else { throw error }
        logger.warning("The hub takes no events now; the simulated hospitals wait.", metadata: ["reason": "\(error)"])
        try await Task.sleep(for: .seconds(max(1, error.retryAfterSeconds ?? 1)))
      }
    }
  }
}
