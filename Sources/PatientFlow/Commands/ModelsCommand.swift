import ArgumentParser
import Foundation
import Lakehouse

/// The SQL models on disk.
struct ModelsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "Look at and check the SQL models.", subcommands: [List.self, Graph.self, Check.self],
    defaultSubcommand: List.self)

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Models and what they read.")
    @OptionGroup var shared: SharedOptions

    func run() throws {
      let catalog = try ModelCatalog(directory: try shared.settings().text("models_dir"))
      for model in catalog.models.values.sorted(by: { $0.name < $1.name }) + catalog.views {
        print("\(model.name)  ←  \(model.inputs.joined(separator: ", "))")
      }
    }
  }

  struct Graph: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The models as a Graphviz graph.")
    @OptionGroup var shared: SharedOptions

    func run() throws {
      let catalog = try ModelCatalog(directory: try shared.settings().text("models_dir"))
      print("digraph models {\n  rankdir=LR;")
      for model in catalog.models.values.sorted(by: { $0.name < $1.name }) + catalog.views {
        for input in model.inputs { print("  \"\(input)\" -> \"\(model.name)\";") }
      }
      print("}")
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
}
