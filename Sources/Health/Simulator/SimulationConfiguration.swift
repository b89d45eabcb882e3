public import Hospital

/// What determines a simulation. Equal configurations give equal events, byte for byte.
public struct SimulationConfiguration: Sendable {
  public var network: HospitalNetwork
  public var seed: UInt64
  /// The first instant, in microseconds since 1970. Wards are populated from then on; patients admitted before are sent at once.
  public var start: Int64
  public var shape: SimulationShape = .mixed
  public var scenario: SimulationScenario = .normal
  /// When the scenario begins; a day after ``start`` if nil.
  public var scenarioStart: Int64?
  /// What is wrong with the events.
  public var dirt: DirtRates = .clean
  /// How often staff take something back: of arrivals, admissions, transfers, discharges and expected discharges, each.
  public var cancellationRate = 0.004
  /// Patients per hospital who have been in for more than 90 days at the start, and leave within the first days.
  public var longStayers = 0
  /// Sends each department's metadata at the start.
  public var announcesDepartments = true
  /// Collects ``SimulationTruth``; costs memory for every visit.
  public var collectsTruth = false
  /// Rules for time zones that ``ZoneRule/known`` lacks.
  public var zones: [String: ZoneRule] = [:]

  public init(network: HospitalNetwork, seed: UInt64, start: Int64) {
    self.network = network
    self.seed = seed
    self.start = start
  }

  /// Throws what makes the simulation impossible.
  public func validate() throws(SimulationError) {
    let problems = network.problems
    guard problems.isEmpty else { throw .badNetwork(problems) }
    for hospital in network.hospitals where zone(hospital) == nil { throw .unknownTimeZone(hospital.timeZone) }
    guard (0...0.2).contains(cancellationRate) else { throw .badRate("cancellation") }
    if let kind = dirt.firstBad { throw .badRate(kind.rawValue) }
  }

  func zone(_ hospital: HospitalDescription) -> ZoneRule? {
    zones[hospital.timeZone] ?? ZoneRule.known[hospital.timeZone]
  }

  /// The instant from which the scenario's effect is felt.
  var scenarioBegin: Int64 { scenarioStart ?? start + CivilTime.day }
}
