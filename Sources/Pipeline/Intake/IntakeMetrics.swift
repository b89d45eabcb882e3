internal import Metrics

/// What Intake counts.
struct IntakeMetrics: Sendable {
  private let events = Counter(label: "patientflow_intake_events_total")
  private let bytes = Counter(label: "patientflow_intake_bytes_total")

  func accepted(events count: Int, bytes size: Int) {
    events.increment(by: count)
    bytes.increment(by: size)
  }

  func refused(_ reason: String) {
    Counter(label: "patientflow_intake_refused_requests_total", dimensions: [("reason", reason)]).increment()
  }
}
