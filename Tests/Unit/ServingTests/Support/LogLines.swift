import Logging
import Synchronization

/// Keeps log lines for a test to look through.
final class LogLines: LogHandler {
  private let lines = Mutex("")
  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }
  var logLevel: Logger.Level {
    get { .trace }
    set {}
  }
  var metadataProvider: Logger.MetadataProvider? {
    get { nil }
    set {}
  }
  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }

  var text: String { lines.withLock { $0 } }

  func log(event: LogEvent) {
    let line = "\(event.message) \(event.metadata ?? [:]) \(event.error.map { "\($0)" } ?? "")\n"
    lines.withLock { $0 += line }
  }
}
