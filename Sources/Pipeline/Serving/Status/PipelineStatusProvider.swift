/// What Serving asks of the running process; whoever wires the process answers.
public protocol PipelineStatusProvider: Sendable {
  /// Asked every two seconds for the heartbeat and for each call of the pipeline page; must be cheap.
  func status() async -> PipelineStatus
  func readiness() async -> Readiness
}
