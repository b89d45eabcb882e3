import ArgumentParser
import Foundation
import Hospital

/// What is configured, and from where.
struct ConfigCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Show and check the configuration.", subcommands: [Show.self, Check.self], defaultSubcommand: Show.self)

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Every setting, its value, where it came from and what it means.")
    @OptionGroup var shared: SharedOptions
    @Option(help: "table, json or csv.") var output: OutputFormat = .table

    func run() throws {
      let settings = try shared.settings()
      let rows = Settings.all.map { setting in
        let value = setting.isSecret && !settings.text(setting.key).isEmpty ? "*********" : settings.text(setting.key)
        return [setting.key, value, settings.source(setting.key).text, setting.meaning]
      }
      print(TableText(columns: ["setting", "value", "from", "meaning"], rows: rows).text(output), terminator: "")
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Exit 0 if the configuration can be used; else say what is wrong.")
    @OptionGroup var shared: SharedOptions

    func run() throws {
      let settings = try shared.settings()
      let network = try NetworkFile(path: settings.text("network_file"))
      print("The configuration is in order: \(Settings.all.count) settings, \(network.network.hospitals.count) hospitals.")
    }
  }
}
