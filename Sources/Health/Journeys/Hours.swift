/// `pf_hours`: the hours between two instants in microseconds, the same double on every engine.
enum Hours {
  static func between(_ start: Int64, _ end: Int64) -> Double { Double(end - start) / 3.6e9 }
}
