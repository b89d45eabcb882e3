import EventHub
import Simulator

/// The simulation without what the hub holds already.
struct SimulatorPlayer {
  private let hub: EventHub
  private var simulation: HospitalSimulation
  /// Events of each partition that are still to be passed over.
  private var ends: [Int64]

  /// - Parameter ends: how many events of each partition's sequence were sent before.
  init(hub: EventHub, simulation: HospitalSimulation, ends: [Int64]) {
    self.hub = hub
    self.simulation = simulation
    self.ends = ends
  }

  /// Events made so far, those passed over included.
  var count: Int { simulation.count }
  /// When the last event was sent; the start before the first.
  var now: Int64 { simulation.now }
  /// Whether the hub holds events that were not passed over yet.
  var isBehind: Bool { ends.contains { $0 > 0 } }

  /// Plays up to so many events again, and stops with the last one that the hub holds: what comes after it was never sent.
  /// - Returns: what is missing in between, because a kill came while only a part of the partitions had been written.
  mutating func passOver(_ events: Int) -> [SimulatedEvent] {
    var missing: [SimulatedEvent] = []
    for _ in 0..<events where isBehind {
      guard let event = simulation.next() else {
        ends = ends.map { _ in 0 }
        break
      }
      let partition = event.key.withUnsafeBytes { hub.partition(forKey: $0) }
      if ends[partition] > 0 { ends[partition] -= 1 } else { missing.append(event) }
    }
    return missing
  }

  mutating func events(through instant: Int64) -> [SimulatedEvent] { simulation.advance(to: instant) }
}
