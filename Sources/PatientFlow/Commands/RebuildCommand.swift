import ArgumentParser
import EventHub
import Foundation
import Lakehouse
import Logging

/// Recomputes a layer from the one below.
struct RebuildCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rebuild",
    abstract: "Recompute gold from silver, or silver and gold from bronze.",
    discussion: """
      Gives the same rows as before, unless models or schemas changed. Stop `run` first. What is older than the retained bronze can't be
      recomputed; then silver refuses.
      """)

  enum Layer: String, ExpressibleByArgument, CaseIterable {
    case silver, gold
  }

  @OptionGroup var shared: SharedOptions
  @Argument(help: "silver or gold.") var layer: Layer

  func run() async throws {
    let settings = try shared.settings()
    let logger = Logger(label: "patientflow", factory: { _ in SwiftLogNoOpLogHandler() })
    let rooms = try PipelineRooms(settings, isSimulated: nil, logger: logger)
    let lakehouse = try await LakehouseService(
      store: rooms.store, schemas: rooms.schemas, pseudonymizer: rooms.pseudonymizer, source: HubSource(hub: rooms.hub),
      configuration: rooms.lakehouseConfiguration, logger: logger, onCommit: { _ in })
    let begin = ContinuousClock.now
    let journeys = try await lakehouse.rebuild(layer == .gold ? .gold : .silver)
    try await rooms.hub.close()
    print(String(format: "%@ rebuilt: %d journeys in %.1f s", layer.rawValue, journeys, (ContinuousClock.now - begin) / .seconds(1)))
  }
}
