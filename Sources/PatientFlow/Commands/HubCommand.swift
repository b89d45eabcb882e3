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
    let path = settings.text("data_dir")
    guard FileManager.default.fileExists(atPath: path + "/hub") else {
      throw CommandError(.failure, "there is no hub in \(path); start one with `patientflow run`, or name another folder with --data-dir")
    }
    do {
      return try EventHub.open(
        directory: try DataFolder(path).hub, configuration: configuration,
        logger: try shared.logger(settings))
    } catch let error as HubError where error.code == .locked {
      throw CommandError(.failure, "a process uses \(path); stop it first, or look at its page Pipeline and at /api/v1/pipeline")
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "First and next offset and lag of each partition.")
    @OptionGroup var shared: SharedOptions
    @Option(help: "table, json or csv.") var output: OutputFormat = .table

    func run() async throws {
      let hub = try HubCommand.open(shared)
      let committed = try hub.committed(group: "$Default")
      let rows: [[(any Sendable)?]] = try (0..<hub.partitionCount).map { partition in
        let end = try hub.endOffset(partition: partition)
        return [partition, try hub.startOffset(partition: partition), end, end - (committed[partition] ?? 0)]
      }
      print(TableText(columns: ["partition", "first_offset", "next_offset", "lag"], rows: rows).text(output), terminator: "")
      for place in hub.damage { FileHandle.standardError.write(Data("damaged: \(place)\n".utf8)) }
      try await hub.close()
    }
  }

  struct SkipCorruption: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "skip-corruption",
      abstract: "Give up the damaged batch at a position that an error has named. What it held is lost.",
      usage: "patientflow hub skip-corruption [<options>] <partition> <offset>")
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
