import Hospital
import Simulator
import Testing

@Suite("Determinism")
struct DeterminismTests {
  @Test("The same seed gives the same bytes, and another seed gives others", arguments: SimulationShape.allCases)
  func seedDecides(shape: SimulationShape) throws {
    let dirty = { (configuration: inout SimulationConfiguration) in
      configuration.shape = shape
      configuration.dirt = .realistic
    }
    let first = try TestNetwork.run(days: 3, seed: 7, dirty).events
    let again = try TestNetwork.run(days: 3, seed: 7, dirty).events
    let other = try TestNetwork.run(days: 3, seed: 8, dirty).events
    #expect(first == again)
    #expect(Set(first.map(\.body)).intersection(other.map(\.body)).count == 49, "only the departments' metadata are the same")
  }

  /// Guards against a change that would silently give every seed other events, here or on another machine.
  @Test("A generator's first numbers are those that it gave when it was written")
  func generatorIsStable() {
    var random = SeededGenerator(seed: 42, stream: 1, 2)
    var same = SeededGenerator(seed: 42, stream: 1, 2)
    var other = SeededGenerator(seed: 42, stream: 2, 1)
    let numbers = (0..<4).map { _ in random.next() }
    #expect(numbers == (0..<4).map { _ in same.next() })
    #expect(numbers != (0..<4).map { _ in other.next() })
  }

  @Test("A simulation resumed at any instant goes on as the one that never stopped", arguments: [0.0, 0.3, 1, 2.77, 5])
  func resumes(days: Double) throws {
    let configuration = TestNetwork.configuration(seed: 3) { $0.dirt = .realistic }
    let stop = TestNetwork.start + Int64(days * Double(CivilTime.day))
    var straight = try HospitalSimulation(configuration: configuration)
    _ = straight.advance(to: stop)
    var resumed = try HospitalSimulation.resumed(configuration, at: stop)
    #expect(straight.count == resumed.count)
    for _ in 0..<3000 {
      let expected = straight.next()
      let found = resumed.next()
      #expect(expected == found)
    }
  }

  @Test("Truth does not depend on whether the records were written")
  func skippedIsAccounted() throws {
    let configuration = TestNetwork.configuration { $0.collectsTruth = true }
    var written = try HospitalSimulation(configuration: configuration)
    _ = written.advance(to: TestNetwork.after(days: 2))
    var skipped = try HospitalSimulation.resumed(configuration, at: TestNetwork.after(days: 2))
    let rest = (written.drain(), skipped.drain())
    #expect(rest.0 == rest.1)
    #expect(written.truth() == skipped.truth())
  }

  @Test("Records come in the order in which they are sent, and after the end comes nothing")
  func isOrdered() throws {
    var simulation = try HospitalSimulation(configuration: TestNetwork.configuration { $0.dirt = .realistic })
    var last = Int64.min
    for _ in 0..<20_000 {
      let next = simulation.next()
      let event = try #require(next)
      #expect(event.sentAt >= last)
      last = event.sentAt
    }
    _ = simulation.drain()
    let after = (simulation.next(), simulation.drain())
    #expect(after.0 == nil && after.1.isEmpty)
  }

  @Test("One hospital's patients do not change when another hospital is added")
  func hospitalsAreIndependent() throws {
    let all = try TestNetwork.run(days: 2) { $0.shape = .movement }.events
    let five = try TestNetwork.run(days: 2) {
      $0.shape = .movement
      $0.network.hospitals.removeLast(2)
    }.events
    #expect(all.filter { $0.hospitalID == 2 } == five.filter { $0.hospitalID == 2 })
  }

  @Test("A configuration that cannot be simulated is refused with the reason")
  func refusesNonsense() {
    #expect(throws: SimulationError.unknownTimeZone("Mars/Olympus")) {
      try HospitalSimulation(configuration: TestNetwork.configuration { $0.network.hospitals[0].timeZone = "Mars/Olympus" })
    }
    #expect(throws: SimulationError.badRate("duplicate")) {
      try HospitalSimulation(configuration: TestNetwork.configuration { $0.dirt[.duplicate] = 1.5 })
    }
    #expect(throws: SimulationError.self) {
      try HospitalSimulation(configuration: TestNetwork.configuration { $0.network.hospitals[1].departments = [] })
    }
  }
}
