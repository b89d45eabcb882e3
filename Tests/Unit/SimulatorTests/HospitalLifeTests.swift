import Foundation
import Hospital
import Simulator
import Testing

@Suite("Hospital life")
struct HospitalLifeTests {
  @Test("No bed is held by two patients when nothing is wrong", arguments: SimulationShape.allCases)
  func bedsAreHeldOnce(shape: SimulationShape) throws {
    let truth = try #require(
      try TestNetwork.run(days: 10) {
        $0.shape = shape
        $0.collectsTruth = true
      }.truth)
    #expect(truth.conflictingBedStays == 0)
    #expect(truth.rules.isEmpty && truth.drift.isEmpty)
  }

  @Test("The census never passes the staffed beds, and wards are mostly full but seldom empty")
  func censusIsBounded() throws {
    var simulation = try HospitalSimulation(configuration: TestNetwork.configuration())
    var taken = 0
    var beds = 0
    for sample in 0..<(14 * 12) {
      simulation.skip(through: TestNetwork.start + Int64(2 * sample) * CivilTime.hour)
      for (position, hospital) in TestNetwork.seven.hospitals.enumerated() {
        for (department, description) in hospital.departments.enumerated() {
          let census = simulation.census(hospital: position, department: department)
          #expect(census <= description.staffedBeds)
          taken += census
          beds += description.staffedBeds
        }
      }
    }
    let occupancy = Double(taken) / Double(beds)
    #expect((0.74...0.90).contains(occupancy), "occupancy \(occupancy)")
  }

  @Test("The feeds' first records tell of every patient who is in a bed at the start")
  func startsPopulated() throws {
    var simulation = try HospitalSimulation(configuration: TestNetwork.configuration { $0.collectsTruth = true })
    let really = TestNetwork.seven.hospitals.indices.map { hospital in
      (0..<7).reduce(0) { $0 + simulation.census(hospital: hospital, department: $1) }
    }
    _ = simulation.advance(to: TestNetwork.start + 3 * CivilTime.minute)
    let truth = try #require(simulation.truth())
    for (position, patients) in really.enumerated() {
      let told = truth.departments.filter { $0.hospital == position + 1 }.reduce(0) { $0 + $1.census }
      #expect(abs(told - patients) <= 3, "hospital \(position + 1): \(told) of \(patients)")
    }
  }

  /// Arrivals of one hospital, in UTC because summer time would move the hours of the week; generated once for all departments.
  private static let halfYear = Result {
    let events = try TestNetwork.run(days: 182, seed: 5) {
      $0.shape = .movement
      $0.network.hospitals = [$0.network.hospitals[0]]
      $0.network.hospitals[0].timeZone = "UTC"
      $0.cancellationRate = 0
    }.events.filter { String(decoding: $0.body, as: UTF8.self).contains(#""type":"arrive""#) }
    return try events.compactMap { event -> (department: String, at: Int64)? in
      let fields = try JSONSerialization.jsonObject(with: Data(event.body)) as? [String: Any]
      let place = fields?["location"] as? [String: Any]
      guard let at = ReferencePipeline.time(fields?["occurred_at"]), at >= TestNetwork.start,
        let department = place?["department"] as? String
      else { return nil }
      return (department, at)
    }
  }

  /// Counts real arrivals by hour of the week over half a year; a chi-square of 168 cells has mean 168 and deviation 18.
  @Test("Arrivals fit the intensities of their hour of the week", arguments: [0, 1, 4])
  func arrivalsFit(department: Int) throws {
    let weeks = 26
    var observed = [Double](repeating: 0, count: 168)
    for arrival in try Self.halfYear.get() where arrival.department == TestNetwork.departments[department] {
      observed[Int((arrival.at - TestNetwork.start) / CivilTime.hour) % 168] += 1
    }
    let simulation = try HospitalSimulation(configuration: TestNetwork.configuration())
    var chiSquare = 0.0
    var cells = 0
    for hour in 0..<168 {
      let expected = simulation.expectedArrivals(hospital: 0, department: department, hourOfWeek: hour) * Double(weeks)
      guard expected > 0 else { #expect(observed[hour] == 0); continue }
      chiSquare += (observed[hour] - expected) * (observed[hour] - expected) / expected
      cells += 1
    }
    #expect(cells > 70)
    let bound = Double(cells) + 5 * (2 * Double(cells)).squareRoot()
    #expect(chiSquare < bound, "chi-square \(chiSquare) of \(cells) cells")
    #expect(chiSquare > Double(cells) - 5 * (2 * Double(cells)).squareRoot(), "too even for chance: \(chiSquare)")
  }

  private static let quarter = Result {
    try TestNetwork.run(days: 90, seed: 2) {
      $0.shape = .movement
      $0.network.hospitals.removeLast(4)
      $0.collectsTruth = true
    }.truth
  }

  @Test(
    "The median length of a visit is near what its department is known for",
    arguments: zip(TestNetwork.departments, [4, 60, 72, 48, 52.8, 120, 84]))
  func lengthsOfStay(department: String, median: Double) throws {
    let truth = try #require(try Self.quarter.get())
    let hours = truth.visits.compactMap { visit -> Double? in
      // Visits that began late are seen only if short.
      guard visit.department == department, visit.isFirst, visit.isLast || department == "ICU",
        let admission = visit.admission, let discharge = visit.discharge, admission >= TestNetwork.start,
        admission < TestNetwork.after(days: 60)
      else { return nil }
      return Double(discharge - admission) / Double(CivilTime.hour)
    }.sorted()
    #expect(hours.count > 40)
    let found = hours[hours.count / 2]
    #expect(abs(found - median) < median * 0.2, "median \(found) h of \(hours.count)")
  }

  @Test("A flu surge brings more patients to Emergency, and none less, while other arrivals stay the same")
  func surgeRaisesArrivals() throws {
    func arrivals(_ scenario: SimulationScenario) throws -> [String: Int] {
      let truth = try #require(
        try TestNetwork.run(days: 15) {
          $0.shape = .movement
          $0.scenario = scenario
          $0.collectsTruth = true
        }.truth)
      let first = truth.visits.filter { $0.isFirst && ($0.arrival ?? 0) >= TestNetwork.after(days: 4) }
      return first.reduce(into: [:]) { $0[$1.department, default: 0] += 1 }
    }
    let normal = try arrivals(.normal)
    let surge = try arrivals(.fluSurge)
    let factor = Double(surge["Emergency", default: 0]) / Double(normal["Emergency", default: 1])
    #expect((1.35...1.65).contains(factor), "factor \(factor)")
    #expect(surge["Pediatrics", default: 0] > normal["Pediatrics", default: 0])
  }

  @Test("A bed closure is announced, leaves fewer beds in use, and ends")
  func bedsClose() throws {
    var simulation = try HospitalSimulation(configuration: TestNetwork.configuration { $0.scenario = .bedClosure })
    var changes: [[String: Any]] = []
    for event in simulation.advance(to: TestNetwork.after(days: 5)) + simulation.advance(to: TestNetwork.after(days: 8)) {
      let fields = try #require(try JSONSerialization.jsonObject(with: Data(event.body)) as? [String: Any])
      if fields["type"] as? String == "department_changed", event.sentAt > TestNetwork.start { changes.append(fields) }
    }
    #expect(changes.count == 4)
    let surgery = TestNetwork.seven.hospitals[0].departments[1]
    let closed = changes.filter { $0["hospital_id"] as? Int == 1 }.compactMap { $0["closed_beds"] as? Int }
    #expect(closed == [2 + (surgery.staffedBeds * 3 + 9) / 10, 2])

    var closing = try HospitalSimulation(configuration: TestNetwork.configuration { $0.scenario = .bedClosure })
    closing.skip(through: TestNetwork.after(days: 5))
    #expect(closing.census(hospital: 0, department: 1) <= surgery.staffedBeds - closed[0])
  }

  @Test("Long stayers leave after more than 90 days")
  func longStays() throws {
    let truth = try #require(
      try TestNetwork.run(days: 6) {
        $0.longStayers = 1
        $0.collectsTruth = true
      }.truth)
    #expect(truth.longVisits == 7)
  }

  @Test("Patients come back, grow older than 89, and some leave without being seen")
  func peopleArePlausible() throws {
    let (events, truth) = try TestNetwork.run(days: 60) {
      $0.network.hospitals = [$0.network.hospitals[0]]
      $0.collectsTruth = true
    }
    let visits = try #require(truth).visits
    let journeys = Dictionary(grouping: visits.filter(\.isFirst)) { "\($0.hospital)|\($0.patient)" }
    #expect(journeys.values.contains { $0.count > 1 })
    #expect(visits.contains { $0.disposition == .leftWithoutBeingSeen && $0.admission == nil })
    var oldest = 0
    for event in events {
      let fields = try #require(try JSONSerialization.jsonObject(with: Data(event.body)) as? [String: Any])
      guard let age = fields["age"] as? Int else { continue }
      oldest = max(oldest, age)
      #expect((0...105).contains(age))
      let department = fields["department"] as? String ?? (fields["location"] as? [String: Any])?["department"] as? String
      if department == "Maternity", fields["type"] as? String == "arrive" { #expect((15...50).contains(age)) }
      if department == "Pediatrics", fields["type"] as? String == "arrive" { #expect(age < 18) }
    }
    #expect(oldest > 89)
  }
}
