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

    func run() throws {
      let settings = try shared.settings()
      let width = Settings.all.map(\.key.count).max() ?? 0
      for setting in Settings.all {
        let value = setting.isSecret && !settings.text(setting.key).isEmpty ? "*********" : settings.text(setting.key)
        let key = setting.key + String(repeating: " ", count: width - setting.key.count)
        print("\(key)  \(value.isEmpty ? "-" : value)  (\(settings.source(setting.key).text))  \(setting.meaning)")
      }
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
