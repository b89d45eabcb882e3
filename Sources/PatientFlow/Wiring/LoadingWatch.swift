import ServiceLifecycle

/// Says when what lay in the hub at the start is in the store, and passes failures of the lakehouse on to the monitor.
struct LoadingWatch: Service {
  let monitor: PipelineMonitor
  /// Whether the history was sent, where there is one to send.
  let isSent: @Sendable () -> Bool
  let failure: @Sendable () -> String?

  func run() async throws {
    while (try? await cancelWhenGracefulShutdown({ try await Task.sleep(for: .milliseconds(200)) })) != nil, !Task.isShuttingDownGracefully {
      if !monitor.isLoaded, isSent(), monitor.lag < 2000 { monitor.didLoad() }
      monitor.didFail(failure())
    }
  }
}
