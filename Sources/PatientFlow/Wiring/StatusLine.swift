import Foundation
import ServiceLifecycle
import Serving

/// One line on the terminal that stays current: events a second, lag, census, freshness.
struct StatusLine: Service {
  let monitor: PipelineMonitor
  let census: @Sendable () async -> Int?
  let simulated: @Sendable () -> Int64?

  func run() async throws {
    guard isatty(STDERR_FILENO) == 1 else {
      // Without a terminal there is no line to keep current; the metrics tell the same.
      try? await gracefulShutdown()
      return
    }
    while (try? await cancelWhenGracefulShutdown({ try await Task.sleep(for: .seconds(1)) })) != nil, !Task.isShuttingDownGracefully {
      let now = Date()
      var parts = ["\(Int(monitor.commits.history.eventsPerSecond())) events/s", "lag \(monitor.lag)"]
      if let census = await census() { parts.append("census \(census)") }
      if let committed = monitor.commits.latest?.committedAt {
        parts.append(String(format: "fresh %.1f s", max(0, now.timeIntervalSince1970 - Double(committed.microseconds) / 1e6)))
      }
      if let time = simulated() { parts.append("SIMULATED " + Self.text(time)) }
      if !monitor.isLoaded { parts.append("loading history") }
      if let failure = monitor.failure { parts.append("FAILING: \(failure.prefix(60))") }
      FileHandle.standardError.write(Data("\r\u{1B}[2K\(parts.joined(separator: " · "))".utf8))
    }
    FileHandle.standardError.write(Data("\r\u{1B}[2K".utf8))
  }

  private static func text(_ micros: Int64) -> String {
    let formatter = DateFormatter()
    formatter.dateFormat = "yyyy-MM-dd HH:mm"
    formatter.timeZone = TimeZone(identifier: "UTC")
    return formatter.string(from: Date(timeIntervalSince1970: Double(micros) / 1e6)) + " UTC"
  }
}
