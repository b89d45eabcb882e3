import ArgumentParser
import Foundation
import Lakehouse

/// The SQL models on disk.
struct ModelsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "Look at, check and test the SQL models.",
    discussion: """
      Silver and gold are SELECT statements in a folder of files (./models, or --models). Beside each lies a .yml that says what one row is,
      which columns there are, and rows to test it with. After a change: `models check` plans every model, `models test` runs its rows.
      """,
    subcommands: [List.self, Check.self, Test.self, Graph.self], defaultSubcommand: List.self)

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Models and what they read.")
    @OptionGroup var shared: SharedOptions
    @Option(help: "table, json or csv.") var output: OutputFormat = .table

    func run() throws {
      let catalog = try ModelCatalog(directory: try shared.settings().text("models_dir"))
      let views = Set(catalog.views.map(\.name))
      let rows = ModelsCommand.sorted(catalog).map { model in
        [model.name, views.contains(model.name) ? "view" : "table", model.inputs.joined(separator: ", "), model.file]
      }
      print(TableText(columns: ["model", "kind", "reads", "file"], rows: rows).text(output), terminator: "")
    }
  }

  struct Graph: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "What reads what, as a Graphviz graph or as rows.",
      discussion: "Example: patientflow models graph | dot -Tsvg > models.svg\nWith a model's name only what leads to it and what hangs on it.")
    @OptionGroup var shared: SharedOptions
    @Option(help: "table, json or csv instead of the graph: one row an edge.") var output: OutputFormat?
    @Argument(help: "A model, such as gold.fact_patient_flow.") var model: String?

    func run() throws {
      let catalog = try ModelCatalog(directory: try shared.settings().text("models_dir"))
      var edges = ModelsCommand.sorted(catalog).flatMap { model in model.inputs.map { (from: $0, to: model.name) } }
      if let model {
        try ModelsCommand.check(model, catalog)
        let before = Self.closure(of: model, edges.map { ($0.to, $0.from) })
        let after = Self.closure(of: model, edges.map { ($0.from, $0.to) })
        edges = edges.filter { before.contains($0.from) && before.contains($0.to) || after.contains($0.from) && after.contains($0.to) }
      }
      if let output {
        print(TableText(columns: ["from", "to"], rows: edges.map { [$0.from, $0.to] }).text(output), terminator: "")
        return
      }
      print("digraph models {\n  rankdir=LR;\n  node [shape=box];")
      for edge in edges { print("  \"\(edge.from)\" -> \"\(edge.to)\";") }
      print("}")
    }

    /// A model and all that is reached from it.
    private static func closure(of model: String, _ edges: [(String, String)]) -> Set<String> {
      var found: Set = [model]
      var waiting = [model]
      while let next = waiting.popLast() {
        for (from, to) in edges where from == next && found.insert(to).inserted { waiting.append(to) }
      }
      return found
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Make every table and view in memory and plan every model.")
    @OptionGroup var shared: SharedOptions

    func run() throws {
      let settings = try shared.settings()
      let catalog = try ModelCatalog(directory: settings.text("models_dir"))
      let problems = try ModelCheck.run(catalog)
      guard problems.isEmpty else { throw CommandError(.failure, problems.joined(separator: "\n")) }
      print("\(catalog.models.count) models and \(catalog.views.count) views are in order.")
    }
  }

  struct Test: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Run the given and expected rows of the models on the embedded engine.",
      usage: "patientflow models test [<options>] [<model> ...]",
      discussion: """
        Needs nothing but this program. Exit 1 if a case fails; its rows are then shown.
        Examples: patientflow models test
                  patientflow models test gold.fact_patient_flow
                  patientflow models test --models my-models --output json
        """)
    @OptionGroup var shared: SharedOptions
    @Option(help: "table, json or csv: every case with its result instead of the failed ones alone.") var output: OutputFormat?
    @Argument(help: "Models, such as gold.bed_stay; without any, all.") var models: [String] = []

    func run() throws {
      let directory = try shared.settings().text("models_dir")
      let catalog = try ModelCatalog(directory: directory)
      for model in models { try ModelsCommand.check(model, catalog) }
      let definitions = try ModelDefinition.all(in: directory).filter { models.isEmpty || models.contains($0.model) }
      let tester = try ModelTester(catalog)
      var outcomes: [ModelTester.Outcome] = []
      for definition in definitions {
        let results = tester.run(definition)
        outcomes += results
        guard output == nil else { continue }
        for result in results {
          guard let problem = result.problem else { continue }
          print("FAILED  \(result.model): \(result.name): \(problem)")
          for row in result.found { print("        found {\(row)}") }
        }
      }
      let failed = outcomes.count { $0.problem != nil }
      if let output {
        let rows: [[(any Sendable)?]] = outcomes.map {
          [$0.model, $0.name, $0.problem == nil ? "ok" : "FAILED", $0.problem, ($0.seconds * 1e6).rounded() / 1000]
        }
        print(TableText(columns: ["model", "case", "result", "problem", "milliseconds"], rows: rows).text(output), terminator: "")
      } else {
        for definition in definitions where definition.cases.isEmpty {
          print("no cases  \(definition.model): models/\(definition.file) has no unit_tests")
        }
        print("\(outcomes.count - failed) passed, \(failed) failed")
      }
      if failed > 0 { throw ExitCode(1) }
    }
  }

  private static func sorted(_ catalog: ModelCatalog) -> [ModelCatalog.Model] {
    catalog.models.values.sorted { $0.name < $1.name } + catalog.views
  }

  private static func check(_ name: String, _ catalog: ModelCatalog) throws {
    let names = sorted(catalog).map(\.name)
    guard !names.contains(name) else { return }
    throw CommandError(
      .usage, "there is no model \(name); did you mean \(Settings.nearest(to: name, in: names))? `patientflow models list` shows all")
  }
}
