import Serving
import Synchronization

/// A pipeline that says what a test wants.
final class StubStatus: PipelineStatusProvider {
  private let state: Mutex<(PipelineStatus, Readiness)>

  init(_ status: PipelineStatus = StubStatus.usual, readiness: Readiness = Readiness(checks: [.init(name: "store", isOK: true)])) {
    state = Mutex((status, readiness))
  }

  func change(_ body: (inout PipelineStatus) -> Void) { state.withLock { body(&$0.0) } }

  func status() async -> PipelineStatus { state.withLock { $0.0 } }
  func readiness() async -> Readiness { state.withLock { $0.1 } }

  static var usual: PipelineStatus {
    PipelineStatus(
      partitions: [.init(partition: 0, endOffset: 12, committedOffset: 10), .init(partition: 1, endOffset: 5, committedOffset: 5)],
      stores: [.init(name: "hub", rows: nil, bytes: 4_096), .init(name: "gold.fact_patient_flow", rows: 13, bytes: nil)],
      feeds: [.init(hospitalID: 1, events: 100, lastEventAt: .now)])
  }
}
