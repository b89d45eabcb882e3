import Foundation
import Logging
import Metrics
import Observability

/// The backends of the log and metric facades.
enum Telemetry {
  /// Starts them, once in a process.
  static func start(_ settings: Settings) throws -> (Logger, PrometheusMetrics) {
    let (format, level) = try logging(settings)
    LoggingSystem.bootstrap { label in format.handler(label: label, level: level) }
    let metrics = PrometheusMetrics()
    MetricsSystem.bootstrap(metrics)
    return (Logger(label: "patientflow"), metrics)
  }

  /// How lines look and which are written.
  static func logging(_ settings: Settings) throws -> (LogFormat, Logger.Level) {
    guard let level = Logger.Level(rawValue: settings.text("log.level")) else {
      throw CommandError(.usage, "log.level must be one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    guard let format = LogFormat(rawValue: settings.text("log.format")) else { throw CommandError(.usage, "log.format must be text or json") }
    return (format, level)
  }
}
