/// Why a simulation cannot be set up.
public enum SimulationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The network's description has faults; one sentence each.
  case badNetwork([String])
  /// The simulator has no rule for the time zone.
  case unknownTimeZone(String)
  /// A rate is not between 0 and 1, or the rates of one record add up to more than 1.
  case badRate(String)

  public var description: String {
    switch self {
    case .badNetwork(let problems): "The network cannot be simulated. " + problems.joined(separator: " ")
    case .unknownTimeZone(let name):
      "The simulator has no rule for the time zone '\(name)'. It knows \(ZoneRule.known.keys.sorted().joined(separator: ", "))."
    case .badRate(let name): "The rate '\(name)' must lie between 0 and 1, and all rates together must not pass 1."
    }
  }
}
