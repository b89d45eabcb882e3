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
    usage: "patientflow rebuild [<options>] silver|gold",
    discussion: """
      Gives the same rows as before, unless models or schemas changed. Stop `run` first. What is older than the retained bronze can't be
      recomputed; then silver refuses.
      """)

  enum Layer: String, ExpressibleByArgument, CaseIterable {
    case silver, gold
  }

  @OptionGroup var shared: SharedOptions
  @Option(help: "table, json or csv.") var output: OutputFormat = .table
  @Argument(help: "silver or gold.") var layer: Layer

  func run() async throws {
    let settings = try shared.settings()
    let logger = try shared.logger(settings)
    let rooms = try PipelineRooms(settings, isSimulated: nil, logger: logger)
    let lakehouse = try await rooms.lakehouse()
    let begin = ContinuousClock.now
    let journeys = try await lakehouse.rebuild(layer == .gold ? .gold : .silver)
    try await rooms.hub.close()
    let rows: [[(any Sendable)?]] = [[layer.rawValue, journeys, (((ContinuousClock.now - begin) / .seconds(1)) * 1000).rounded() / 1000]]
    print(TableText(columns: ["layer", "journeys", "seconds"], rows: rows).text(output), terminator: "")
  }
}
