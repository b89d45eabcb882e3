import ArgumentParser
import Foundation

/// Counts by rule.
struct QualityCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quality", abstract: "Show what the quality rules found.", usage: "patientflow quality [<options>]",
    discussion: "models/quality.yml says of each rule what it finds, what is done, and who can act.")

  @OptionGroup var shared: SharedOptions
  @Option(help: "table, json or csv.") var output: OutputFormat = .table

  func run() async throws {
    try await SQLCommand.ask(
      """
      select rule, cast(sum(records) as bigint) as records, cast(sum(last_24_hours) as bigint) as last_24_hours, max(last_found_at) as last_found_at
      from gold.quality_counts group by rule order by records desc, rule
      """,
      shared: shared, output: output)
  }
}

/// What could not be used, and where it lies.
struct QuarantineCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quarantine", abstract: "See records that broke a rule, and judge them again.",
    subcommands: [List.self, Show.self, Replay.self], defaultSubcommand: List.self)

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Positions and rules, newest first; no contents.")
    @OptionGroup var shared: SharedOptions
    @Option(help: "table, json or csv.") var output: OutputFormat = .table
    @Option(help: "Only this rule.") var rule: String?

    func run() async throws {
      if let rule, !rule.allSatisfy({ $0.isLetter || $0 == "_" || $0.isNumber }) { throw CommandError(.usage, "--rule takes a rule's id") }
      let filter = rule.map { " where rule = '\($0)'" } ?? ""
      try await SQLCommand.ask(
        "select hub_partition, hub_offset, enqueued_at, hospital_id, rule from silver.quarantine\(filter) order by enqueued_at desc, hub_partition, hub_offset",
        shared: shared, output: output, restricted: true)
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "One record as it came. Shows patient data.", usage: "patientflow quarantine show [<options>] <partition> <offset>",
      discussion: "`patientflow quarantine list` shows partitions and offsets. Example: patientflow quarantine show 2 10452")
    @OptionGroup var shared: SharedOptions
    @Option(help: "table, json or csv.") var output: OutputFormat = .table
    @Argument(help: "Partition, a number from 0.") var partition: Int
    @Argument(help: "Offset.") var offset: Int64

    func run() async throws {
      try await SQLCommand.ask(
        """
        select q.rule, e.enqueued_at, coalesce(try(decode(e.body)), cast(e.body as varchar)) as body from silver.quarantine q
        join bronze.event e on e.hub_partition = q.hub_partition and e.hub_offset = q.hub_offset
        where q.hub_partition = \(partition) and q.hub_offset = \(offset)
        """, shared: shared, output: output, restricted: true)
    }
  }
}
