public import Logging

/// Log lines for machines: one JSON object a line, with `time`, `level`, `logger`, `message`, then the fields.
public struct JSONLogHandler: LogHandler {
  public var logLevel: Logger.Level
  public var metadata: Logger.Metadata = [:]
  public var metadataProvider: Logger.MetadataProvider?
  private let label: String
  private let output: LogOutput

  public init(label: String, level: Logger.Level, output: LogOutput = .standardError) {
    self.label = label
    self.output = output
    logLevel = level
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  private static let ownNames: Set<String> = ["time", "level", "logger", "message"]

  public func log(event: LogEvent) {
    var line = "{\"time\":\"\(LogTime().iso)\",\"level\":\"\(event.level.rawValue)\",\"logger\":\(LogFields.json(label))"
    line += ",\"message\":\(LogFields.json(event.message.description))"
    for (key, value) in LogFields.merged(metadata, metadataProvider, event) {
      // A field must not hide one of the line's own.
      let name = Self.ownNames.contains(key) ? "field_\(key)" : key
      line += ",\(LogFields.json(name)):\(LogFields.json(value))"
    }
    output(line + "}\n")
  }
}
