import ArgumentParser
import EventHub
import Foundation
import Lakehouse
import Logging
import Serving

extension QuarantineCommand {
  /// Judges quarantined records again, in the running process or in the store itself.
  struct Replay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Judge quarantined records again, once what was wrong is mended.",
      usage: "patientflow quarantine replay [<options>] (--rule <rule> | <partition> <offset> | --all)",
      discussion: """
        The body that bronze holds is parsed anew and takes the place and time it had, as `rebuild silver` would do; nothing goes through
        the hub a second time. What is still wrong stays in quarantine. Records of an unknown hospital need no replay: they are judged
        again by themselves when the hospital becomes known.
        Examples: patientflow quarantine replay --rule missing_encounter
                  patientflow quarantine replay 2 10452
                  patientflow quarantine replay --all
        """)

    @OptionGroup var shared: SharedOptions
    @Option(help: "table, json or csv.") var output: OutputFormat = .table
    @Option(help: "Only records that broke this rule.") var rule: String?
    @Flag(help: "Everything in quarantine.") var all = false
    @Argument(help: "One record: its partition and offset, as `quarantine list` shows them.") var position: [Int64] = []

    func validate() throws {
      guard position.isEmpty || position.count == 2 else { throw ValidationError("A position is a partition and an offset, such as 2 10452.") }
      guard [rule != nil, all, !position.isEmpty].filter({ $0 }).count == 1 else {
        throw ValidationError(
          "Say which records: --rule RULE, a partition and an offset, or --all. `patientflow quarantine list` shows what there is.")
      }
    }

    func run() async throws {
      let settings = try shared.settings()
      let folder = try DataFolder.existing(settings)
      try Self.check(rule, settings)
      let partition = position.first.map(Int.init)
      let offset = position.last
      let answer: Answer
      if let client = LoopbackClient.find(folder) {
        answer = try client.ask("/api/v1/quarantine/replay", Question(rule: rule, partition: partition, offset: offset), isRestricted: true)
      } else {
        let rooms = try PipelineRooms(settings, isSimulated: nil, logger: try shared.logger(settings))
        let lakehouse = try await rooms.lakehouse()
        let outcome = try await lakehouse.replay(QuarantineChoice(rule: rule, partition: partition, offset: offset))
        answer = Answer(
          judged: outcome.judged, accepted: outcome.accepted, still_quarantined: outcome.stillQuarantined, gone: outcome.gone)
        try await rooms.hub.close()
      }
      let table = TableText(
        columns: ["judged", "accepted", "still_quarantined", "gone"],
        rows: [[answer.judged, answer.accepted, answer.still_quarantined, answer.gone]])
      print(table.text(output), terminator: "")
    }

    private struct Question: Encodable {
      var rule: String?
      var partition: Int?
      var offset: Int64?
    }

    private struct Answer: Decodable {
      var judged: Int
      var accepted: Int
      var still_quarantined: Int
      var gone: Int
    }

    /// A rule that nobody declares would find nothing and look like success.
    static func check(_ rule: String?, _ settings: Settings) throws {
      guard let rule else { return }
      let catalog = try ModelCatalog(directory: settings.text("models_dir"))
      let known = try RuleFile.rules(catalog.quality).filter { $0.severity == .quarantine }.map(\.id)
      guard known.contains(rule) else {
        throw CommandError(.usage, "no rule that puts records into quarantine is called \(rule); there are: \(known.joined(separator: ", "))")
      }
    }
  }
}
