/// Something that can be read out as Prometheus text.
protocol Instrument: AnyObject, Sendable {
  func write(_ key: MetricKey, to text: inout String)
}
