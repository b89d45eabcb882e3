public import CoreMetrics
internal import Synchronization

/// The metrics backend: keeps every counter, gauge and histogram and writes them as Prometheus text.
///
/// ```swift
/// let metrics = PrometheusMetrics()
/// MetricsSystem.bootstrap(metrics)
/// let page = metrics.text()
/// ```
/// Timers and recorders become histograms with fixed bounds; timers are in seconds. A name belongs to the kind that used
/// it first; an instrument of another kind under the same name works but is not shown, since Prometheus could not read it.
public final class PrometheusMetrics: MetricsFactory {
  private enum Kind: String {
    case counter, gauge, histogram
  }

  private struct Family {
    let kind: Kind
    var series: [MetricKey: any Instrument] = [:]
  }

  private struct State {
    var families: [String: Family] = [:]
    var help: [String: String] = [:]
  }

  private let state = Mutex(State())

  /// The media type of ``text()``.
  public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// - Parameter help: a sentence per metric name, shown as `# HELP`.
  public init(help: [String: String] = [:]) {
    state.withLock { $0.help = help }
  }

  private func instrument<Made: Instrument>(_ kind: Kind, _ label: String, _ dimensions: [(String, String)], _ make: () -> Made) -> Made {
    let key = MetricKey(name: label, dimensions: dimensions)
    return state.withLock { state in
      var family = state.families[key.name] ?? Family(kind: kind)
      guard family.kind == kind else { return make() }
      if let known = family.series[key] as? Made { return known }
      let made = make()
      family.series[key] = made
      state.families[key.name] = family
      return made
    }
  }

  private func bounds(for label: String) -> [Double] {
    label.hasSuffix("seconds") ? PrometheusHistogram.secondBounds : PrometheusHistogram.sizeBounds
  }

  public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    instrument(.counter, label, dimensions) { PrometheusCounter() }
  }

  public func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
    instrument(.counter, label, dimensions) { PrometheusCounter() }
  }

  public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    instrument(.gauge, label, dimensions) { PrometheusGauge() }
  }

  public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    guard aggregate else { return instrument(.gauge, label, dimensions) { PrometheusGauge() } }
    return instrument(.histogram, label, dimensions) { PrometheusHistogram(bounds: bounds(for: label)) }
  }

  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    instrument(.histogram, label, dimensions) { PrometheusHistogram(bounds: PrometheusHistogram.secondBounds) }
  }

  // A series that vanished would read as a reset, so what was counted stays until the process ends.
  public func destroyCounter(_ handler: any CounterHandler) {}
  public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
  public func destroyMeter(_ handler: any MeterHandler) {}
  public func destroyRecorder(_ handler: any RecorderHandler) {}
  public func destroyTimer(_ handler: any TimerHandler) {}

  /// Everything, sorted by name and labels, in the Prometheus text format; the process's own figures come last.
  public func text() -> String {
    let (families, help) = state.withLock { ($0.families, $0.help) }
    var text = ""
    for (name, family) in families.sorted(by: { $0.key < $1.key }) {
      if let sentence = help[name] { text += "# HELP \(name) \(sentence)\n" }
      text += "# TYPE \(name) \(family.kind.rawValue)\n"
      let series = family.series.map { (key: $0.key, order: $0.key.labelText(), instrument: $0.value) }
      for one in series.sorted(by: { $0.order < $1.order }) { one.instrument.write(one.key, to: &text) }
    }
    ProcessMetrics.write(to: &text)
    return text
  }
}
