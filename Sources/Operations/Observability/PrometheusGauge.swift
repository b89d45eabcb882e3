internal import CoreMetrics
internal import Synchronization

/// The last value that was set.
final class PrometheusGauge: MeterHandler, RecorderHandler, Instrument {
  private let current = Mutex(0.0)

  func set(_ value: Int64) { set(Double(value)) }
  func set(_ value: Double) { current.withLock { $0 = value } }
  func increment(by amount: Double) { current.withLock { $0 += amount } }
  func decrement(by amount: Double) { current.withLock { $0 -= amount } }
  func record(_ value: Int64) { set(Double(value)) }
  func record(_ value: Double) { set(value) }

  var value: Double { current.withLock { $0 } }

  func write(_ key: MetricKey, to text: inout String) {
    text += "\(key.name)\(key.labelText()) \(PrometheusText.number(value))\n"
  }
}
