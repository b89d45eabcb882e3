import Hospital

/// When records of simulated instants are really sent. It only says when; whoever sends keeps the pace.
public enum RatePlan: Hashable, Sendable {
  /// As fast as possible.
  case unpaced
  /// So many times as fast as life.
  case speed(Double)
  /// So many records a second, whatever their instants: history re-timed for load.
  case rate(Double)

  /// Nanoseconds after the first record at which a record is due.
  ///
  /// - Parameters:
  ///   - index: Its number, from 0.
  ///   - sentAt: Its simulated instant.
  ///   - start: The simulated instant that the pace is counted from.
  public func nanoseconds(index: Int, sentAt: Int64, start: Int64) -> Int64 {
    switch self {
    case .unpaced: 0
    case .speed(let factor): factor > 0 ? Int64(Double(max(0, sentAt - start)) * 1000 / factor) : 0
    case .rate(let perSecond): perSecond > 0 ? Int64(Double(index) / perSecond * 1e9) : 0
    }
  }
}
