import ArgumentParser
import Logging
import Observability

/// What every command takes.
struct SharedOptions: ParsableArguments {
  @Option(name: .customLong("data-dir"), help: "Folder where everything is kept (./data).") var dataDirectory: String?
  @Option(name: [.customShort("c"), .long], help: "A YAML file with settings; `config show` lists them.") var config: String?
  @Option(name: .customLong("set"), help: "A setting, as KEY=VALUE; may be repeated.") var assignments: [String] = []
  @Option(name: .customLong("models"), help: "Folder of the SQL models (./models).") var models: String?
  @Option(name: .customLong("log-level"), help: "trace, debug, info, notice, warning, error or critical.") var logLevel: String?
  @Option(name: .customLong("log-format"), help: "text or json.") var logFormat: String?

  /// Resolves the settings; `more` are the flags of one command.
  func settings(_ more: [String: String?] = [:]) throws -> Settings {
    var flags: [String: String] = [:]
    for assignment in assignments {
      guard let split = assignment.firstIndex(of: "=") else { throw CommandError(.usage, "--set takes KEY=VALUE, not \(assignment)") }
      flags[String(assignment[..<split])] = String(assignment[assignment.index(after: split)...])
    }
    let named = ["data_dir": dataDirectory, "models_dir": models, "log.level": logLevel, "log.format": logFormat]
    for (key, value) in named.merging(more, uniquingKeysWith: { $1 }) { if let value { flags[key] = value } }
    return try Settings(flags: flags, file: config)
  }

  /// The log of a command that ends: none, unless a level is asked for.
  func logger(_ settings: Settings) throws -> Logger {
    guard logLevel != nil else { return Logger(label: "patientflow", factory: { _ in SwiftLogNoOpLogHandler() }) }
    let (format, level) = try Telemetry.logging(settings)
    return Logger(label: "patientflow", factory: { format.handler(label: $0, level: level) })
  }
}

/// How a command writes its result.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case table, json, csv
}
