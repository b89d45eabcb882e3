public import Logging

/// Log lines for people.
public struct TextLogHandler: LogHandler {
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

  public func log(event: LogEvent) {
    let fields = LogFields.merged(metadata, metadataProvider, event)
    var line = "\(LogTime().time) \(event.level.rawValue) \(label): \(LogFields.oneLine(event.message.description))"
    for (key, value) in fields { line += " \(key)=\(LogFields.quotedIfNeeded(value))" }
    output(line + "\n")
  }
}
