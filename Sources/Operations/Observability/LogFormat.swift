public import Logging

/// How log lines look; both go to standard error, one write a line, so that lines of several threads never mix.
public enum LogFormat: String, Sendable, CaseIterable {
  /// For people: `14:32:05.123 warning serving: Sentence. key=value`.
  case text
  /// For machines: one JSON object a line.
  case json

  /// A handler for swift-log: `LoggingSystem.bootstrap { LogFormat.json.handler(label: $0, level: .info) }`.
  public func handler(label: String, level: Logger.Level, output: LogOutput = .standardError) -> any LogHandler {
    switch self {
    case .text: TextLogHandler(label: label, level: level, output: output)
    case .json: JSONLogHandler(label: label, level: level, output: output)
    }
  }
}
