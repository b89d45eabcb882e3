import Foundation
import Observability
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
      let line = parts.joined(separator: " · ")
      // A line that wraps could not be wiped.
      FileHandle.standardError.write(Data((LogOutput.wipe + line.prefix(Self.columns - 1)).utf8))
    }
    FileHandle.standardError.write(Data((LogOutput.wipe + "Stopping: what is in the hub is being committed…").utf8))
  }

  /// How wide the terminal is now.
  private static var columns: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 80 }
    return Int(size.ws_col)
  }

  private static func text(_ micros: Int64) -> String {
    let formatter = DateFormatter()
    formatter.dateFormat = "yyyy-MM-dd HH:mm"
    formatter.timeZone = TimeZone(identifier: "UTC")
    return formatter.string(from: Date(timeIntervalSince1970: Double(micros) / 1e6)) + " UTC"
  }
}
