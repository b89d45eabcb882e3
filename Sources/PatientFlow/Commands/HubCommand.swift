import ArgumentParser
import EventHub
import Foundation
import Logging

/// The hub's log, looked at and mended while nothing runs.
struct HubCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hub", abstract: "Look at the event hub's log, and skip a damaged part of it.", subcommands: [Show.self, SkipCorruption.self],
    defaultSubcommand: Show.self)

  static func open(_ shared: SharedOptions) throws -> EventHub {
    let settings = try shared.settings()
    var configuration = EventHubConfiguration()
    configuration.partitions = settings.integer("hub.partitions")
    return try EventHub.open(
      directory: try DataFolder(settings.text("data_dir")).hub, configuration: configuration,
      logger: Logger(label: "patientflow", factory: { _ in SwiftLogNoOpLogHandler() }))
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "First and next offset and lag of each partition.")
    @OptionGroup var shared: SharedOptions

    func run() async throws {
      let hub = try HubCommand.open(shared)
      let committed = try hub.committed(group: "$Default")
      print("partition  first offset  next offset  lag of $Default")
      for partition in 0..<hub.partitionCount {
        let end = try hub.endOffset(partition: partition)
        print("\(partition)  \(try hub.startOffset(partition: partition))  \(end)  \(end - (committed[partition] ?? 0))")
      }
      for place in hub.damage { print("damaged: \(place)") }
      try await hub.close()
    }
  }

  struct SkipCorruption: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "skip-corruption",
      abstract: "Give up the damaged batch at a position that an error has named. What it held is lost.")
    @OptionGroup var shared: SharedOptions
    @Argument(help: "Partition.") var partition: Int
    @Argument(help: "Offset, as the error names it.") var offset: Int64

    func run() async throws {
      let hub = try HubCommand.open(shared)
      let next = try await hub.skipCorruption(partition: partition, at: offset)
      print("Skipped offsets \(next.lowerBound) to \(next.upperBound - 1); partition \(partition) goes on at \(next.upperBound).")
      try await hub.close()
    }
  }
}
