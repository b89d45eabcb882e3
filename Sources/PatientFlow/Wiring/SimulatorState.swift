import Foundation
import Hospital
import Simulator

/// What makes a simulated network the same one after a restart: its seed and start. How far it has come stands in the hub.
struct SimulatorState: Codable, Sendable {
  var seed: UInt64
  /// Microseconds since 1970.
  var start: Int64
  /// Where the history ends that a new store begins with.
  var historyEnd: Int64
  var scenario: String
  var shape: String
  var dirt: String

  static func load(_ folder: DataFolder) throws -> SimulatorState? {
    guard let data = FileManager.default.contents(atPath: folder.simulatorFile) else { return nil }
    do { return try JSONDecoder().decode(SimulatorState.self, from: data) } catch {
      throw CommandError(.failure, "\(folder.simulatorFile) is not readable: \(error)")
    }
  }

  func save(_ folder: DataFolder) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try DataFolder.writePrivate(try encoder.encode(self), to: folder.simulatorFile)
  }

  /// A new network: its history ends on the hour that is now.
  init(_ settings: Settings, now: Int64) throws {
    guard SimulationScenario(rawValue: settings.text("simulator.scenario")) != nil else {
      throw CommandError(.usage, "--scenario must be one of \(SimulationScenario.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    guard SimulationShape(rawValue: settings.text("simulator.shape")) != nil else {
      throw CommandError(.usage, "simulator.shape must be one of \(SimulationShape.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    guard ["clean", "realistic"].contains(settings.text("simulator.dirt")) else {
      throw CommandError(.usage, "simulator.dirt must be clean or realistic")
    }
    seed = UInt64(clamping: settings.integer("simulator.seed"))
    historyEnd = now
    start = now - Int64(settings.seconds("simulator.history") * 1e6)
    scenario = settings.text("simulator.scenario")
    shape = settings.text("simulator.shape")
    dirt = settings.text("simulator.dirt")
  }

  func configuration(_ network: HospitalNetwork) -> SimulationConfiguration {
    var configuration = SimulationConfiguration(network: network, seed: seed, start: start)
    configuration.scenario = SimulationScenario(rawValue: scenario) ?? .normal
    configuration.shape = SimulationShape(rawValue: shape) ?? .mixed
    configuration.dirt = dirt == "clean" ? .clean : .realistic
    configuration.scenarioStart = historyEnd
    return configuration
  }
}
