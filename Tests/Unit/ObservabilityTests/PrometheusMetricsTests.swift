import CoreMetrics
import Testing

@testable import Observability

@Suite("Metrics as Prometheus text")
struct PrometheusMetricsTests {
  /// The lines of a page without those about the process.
  private func lines(_ metrics: PrometheusMetrics) -> [String] {
    metrics.text().split(separator: "\n").map(String.init).filter { !$0.contains("process_") }
  }

  @Test("Counters add up, whole and fractional, and never shrink")
  func counters() {
    let metrics = PrometheusMetrics(help: ["patientflow_events_total": "Events."])
    let counter = metrics.makeCounter(label: "patientflow_events_total", dimensions: [("source", "b"), ("a", "x\"\\\n")])
    counter.increment(by: 2)
    metrics.makeCounter(label: "patientflow_events_total", dimensions: [("a", "x\"\\\n"), ("source", "b")]).increment(by: 3)
    let seconds = metrics.makeFloatingPointCounter(label: "patientflow_seconds_total", dimensions: [])
    seconds.increment(by: 0.25)
    seconds.increment(by: -1)
    #expect(
      lines(metrics) == [
        "# HELP patientflow_events_total Events.", "# TYPE patientflow_events_total counter", #"patientflow_events_total{a="x\"\\\n",source="b"} 5"#,
        "# TYPE patientflow_seconds_total counter", "patientflow_seconds_total 0.25",
      ])
    counter.reset()
    #expect(lines(metrics).contains(#"patientflow_events_total{a="x\"\\\n",source="b"} 0"#))
  }

  @Test("Gauges hold the last value, from meters and from recorders that do not aggregate")
  func gauges() {
    let metrics = PrometheusMetrics()
    let meter = metrics.makeMeter(label: "patientflow_lag_events", dimensions: [("partition", "0")])
    meter.set(3.5)
    meter.increment(by: 1)
    metrics.makeRecorder(label: "patientflow_viewers", dimensions: [], aggregate: false).record(Int64(7))
    #expect(
      lines(metrics) == [
        "# TYPE patientflow_lag_events gauge", #"patientflow_lag_events{partition="0"} 4.5"#, "# TYPE patientflow_viewers gauge",
        "patientflow_viewers 7",
      ])
  }

  @Test("Timers are histograms in seconds, cumulative, with sum and count")
  func timers() {
    let metrics = PrometheusMetrics()
    let timer = metrics.makeTimer(label: "patientflow_http_request_duration_seconds", dimensions: [("route", "/x")])
    timer.recordNanoseconds(2_000_000)
    timer.recordNanoseconds(110_000_000)
    timer.recordNanoseconds(60_000_000_000)
    let text = lines(metrics)
    #expect(text.first == "# TYPE patientflow_http_request_duration_seconds histogram")
    for line in [
      #"_bucket{route="/x",le="0.001"} 0"#, #"_bucket{route="/x",le="0.0025"} 1"#, #"_bucket{route="/x",le="0.12"} 2"#,
      #"_bucket{route="/x",le="30"} 2"#, #"_bucket{route="/x",le="+Inf"} 3"#, #"_count{route="/x"} 3"#,
    ] {
      #expect(text.contains("patientflow_http_request_duration_seconds" + line))
    }
    #expect(text.contains { $0.hasPrefix(#"patientflow_http_request_duration_seconds_sum{route="/x"} 60.11"#) })
  }

  @Test("Recorders count sizes, or seconds if their name says so")
  func recorders() {
    let metrics = PrometheusMetrics()
    metrics.makeRecorder(label: "patientflow_batch_events", dimensions: [], aggregate: true).record(Int64(500))
    metrics.makeRecorder(label: "patientflow_delay_seconds", dimensions: [], aggregate: true).record(0.2)
    let text = lines(metrics)
    #expect(text.contains(#"patientflow_batch_events_bucket{le="1000"} 1"#))
    #expect(text.contains(#"patientflow_delay_seconds_bucket{le="0.2"} 1"#))
  }

  @Test("A name belongs to the kind that used it first, and odd names become allowed ones")
  func names() {
    let metrics = PrometheusMetrics()
    metrics.makeCounter(label: "http.requests-total", dimensions: [("http.route", "/a")]).increment(by: 1)
    metrics.makeMeter(label: "http.requests-total", dimensions: []).set(9.0)
    metrics.makeCounter(label: "2nd", dimensions: []).increment(by: 1)
    #expect(lines(metrics) == ["# TYPE _2nd counter", "_2nd 1", "# TYPE http_requests_total counter", #"http_requests_total{http_route="/a"} 1"#])
  }

  @Test("Many threads lose no count")
  func concurrency() async {
    let metrics = PrometheusMetrics()
    await withTaskGroup { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<1_000 { metrics.makeCounter(label: "n", dimensions: []).increment(by: 1) }
        }
      }
    }
    #expect(lines(metrics) == ["# TYPE n counter", "n 8000"])
  }

  #if os(Linux)
    @Test("The process's own memory and time are shown")
    func process() {
      let text = PrometheusMetrics().text()
      #expect(text.contains("process_resident_memory_bytes "))
      #expect(text.contains("process_cpu_seconds_total "))
      #expect((ProcessMetrics.residentBytes() ?? 0) > 1_000_000)
    }
  #endif
}
