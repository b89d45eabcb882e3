internal import CoreMetrics
internal import Synchronization

/// Only grows. Holds whole and fractional increments, as both kinds of swift-metrics counter end here.
final class PrometheusCounter: CounterHandler, FloatingPointCounterHandler, Instrument {
  private let whole = Atomic<Int64>(0)
  private let fraction = Mutex(0.0)

  func increment(by amount: Int64) { whole.wrappingAdd(amount, ordering: .relaxed) }

  func increment(by amount: Double) {
    // A counter that shrank would read as a restart.
    guard amount > 0, amount.isFinite else { return }
    fraction.withLock { $0 += amount }
  }

  func reset() {
    whole.store(0, ordering: .relaxed)
    fraction.withLock { $0 = 0 }
  }

  var value: Double { Double(whole.load(ordering: .relaxed)) + fraction.withLock { $0 } }

  func write(_ key: MetricKey, to text: inout String) {
    text += "\(key.name)\(key.labelText()) \(PrometheusText.number(value))\n"
  }
}
