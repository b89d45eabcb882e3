internal import CoreMetrics
internal import Synchronization

/// Counts of values by fixed upper bounds, with their sum. Timers are kept in seconds.
final class PrometheusHistogram: RecorderHandler, TimerHandler, Instrument {
  /// Seconds. 0.12 and 0.3 are the bounds the product's latency is held to.
  static let secondBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.12, 0.2, 0.3, 0.5, 1, 2.5, 5, 10, 30]
  /// Anything else: events, rows, bytes.
  static let sizeBounds = [1.0, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000]

  private struct State {
    var counts: [Int]
    var sum = 0.0
    var count = 0
  }

  let bounds: [Double]
  private let state: Mutex<State>

  init(bounds: [Double]) {
    self.bounds = bounds
    state = Mutex(State(counts: [Int](repeating: 0, count: bounds.count)))
  }

  func record(_ value: Int64) { record(Double(value)) }

  func record(_ value: Double) {
    let slot = bounds.firstIndex { value <= $0 }
    state.withLock { state in
      if let slot { state.counts[slot] += 1 }
      state.sum += value
      state.count += 1
    }
  }

  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

  func write(_ key: MetricKey, to text: inout String) {
    let (counts, sum, count) = state.withLock { ($0.counts, $0.sum, $0.count) }
    var cumulated = 0
    for (bound, number) in zip(bounds, counts) {
      cumulated += number
      text += "\(key.name)_bucket\(key.labelText(("le", PrometheusText.number(bound)))) \(cumulated)\n"
    }
    text += "\(key.name)_bucket\(key.labelText(("le", "+Inf"))) \(count)\n"
    text += "\(key.name)_sum\(key.labelText()) \(PrometheusText.number(sum))\n"
    text += "\(key.name)_count\(key.labelText()) \(count)\n"
  }
}
