import Hospital
import Simulator

/// Seven hospitals of seven departments, small enough to simulate for months in a test.
enum TestNetwork {
  static let departments = ["Emergency", "Surgery", "ICU", "Pediatrics", "Maternity", "Oncology", "Cardiology"]
  static let beds = [30, 48, 16, 22, 26, 25, 30]
  static let start = CivilTime.instant(year: 2026, month: 3, day: 2)

  static let seven = HospitalNetwork(
    hospitals: (1...7).map { id in
      HospitalDescription(
        id: id, name: "Hospital \(id)", timeZone: id == 7 ? "Asia/Kolkata" : "Europe/London",
        departments: zip(departments, beds).map { name, beds in
          DepartmentDescription(
            name: name, specialty: name, staffedBeds: beds + 2 * (4 - id), closedBeds: name == "Surgery" ? 2 : 0, staff: beds)
        })
    })

  static func configuration(seed: UInt64 = 1, _ change: (inout SimulationConfiguration) -> Void = { _ in }) -> SimulationConfiguration {
    var configuration = SimulationConfiguration(network: seven, seed: seed, start: start)
    change(&configuration)
    return configuration
  }

  static func after(days: Int64) -> Int64 { start + days * CivilTime.day }

  /// All records of so many days, the drained ones too, and the truth about them.
  static func run(
    days: Int64, seed: UInt64 = 1, _ change: (inout SimulationConfiguration) -> Void = { _ in }
  ) throws -> (events: [SimulatedEvent], truth: SimulationTruth?) {
    var simulation = try HospitalSimulation(configuration: configuration(seed: seed, change))
    var events = simulation.advance(to: after(days: days))
    events += simulation.drain()
    return (events, simulation.truth())
  }
}
