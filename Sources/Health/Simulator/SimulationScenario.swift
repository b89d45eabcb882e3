import Hospital

/// What befalls the network.
public enum SimulationScenario: String, CaseIterable, Codable, Sendable {
  case normal
  /// More patients come to Emergency, ICU and Pediatrics for about two weeks.
  case fluSurge = "flu-surge"
  /// Three beds of ten close in a department of the first hospital and in one of the second, for five days.
  case bedClosure = "bed-closure"

  /// The greatest factor of ``surge(_:since:)``. Arrivals are thinned from this in every scenario, so that the arrivals of a normal
  /// time are among those of a surge.
  static let greatestSurge = 1.8
  /// How long beds stay closed.
  static let closureLength = 5 * CivilTime.day

  /// The factor on arrivals, so long after the scenario began.
  func surge(_ profile: DepartmentProfile, since: Int64) -> Double {
    guard self == .fluSurge, profile.surge > 1, since > 0 else { return 1 }
    let days = Double(since) / Double(CivilTime.day)
    let height =
      switch days {
      case ..<3: days / 3
      case ..<13: 1.0
      case ..<18: (18 - days) / 5
      default: 0.0
      }
    return 1 + (profile.surge - 1) * height
  }

  /// How many beds of a department close; by position in the network.
  func closedBeds(hospital: Int, department: Int, description: DepartmentDescription, profile: DepartmentProfile) -> Int {
    guard self == .bedClosure, hospital < 2 else { return 0 }
    let isChosen = hospital == 0 ? profile.name == "Surgery" : profile.name == "Cardiology"
    return isChosen ? (description.staffedBeds * 3 + 9) / 10 : 0
  }
}
