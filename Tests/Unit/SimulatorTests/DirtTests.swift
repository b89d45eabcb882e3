import Hospital
import Simulator
import Testing

@Suite("Dirt")
struct DirtTests {
  @Test("Every clean record is a JSON object, in every shape", arguments: SimulationShape.allCases)
  func cleanRecordsAreWellFormed(shape: SimulationShape) throws {
    var pipeline = ReferencePipeline(TestNetwork.seven)
    for event in try TestNetwork.run(days: 3, { $0.shape = shape }).events { pipeline.take(event) }
    #expect(pipeline.rules.isEmpty && pipeline.drift.isEmpty)
  }

  @Test("Every kind of dirt occurs at its rate", arguments: [1, 2])
  func everyKindOccurs(seed: UInt64) throws {
    let rate = 0.02
    let truth = try #require(
      try TestNetwork.run(days: 12, seed: seed) {
        $0.dirt = DirtRates(all: rate)
        $0.collectsTruth = true
      }.truth)
    #expect(truth.dirt.count == DirtKind.allCases.count)
    for count in truth.dirt {
      let expected = Double(count.eligible) * rate
      #expect(count.injected > 0, "\(count.kind)")
      // A mistaken bed needs a neighbour, and one visit of an encounter has an unknown department.
      let spread = 5 * expected.squareRoot() + (count.kind == .bedConflict || count.kind == .unknownDepartment ? expected * 0.1 : 0)
      #expect(abs(Double(count.injected) - expected) < spread, "\(count.kind): \(count.injected) of \(expected)")
    }
  }

  @Test("One kind of dirt alone is found by its rule alone", arguments: DirtKind.allCases)
  func kindsAreSeparate(kind: DirtKind) throws {
    let (events, truth) = try TestNetwork.run(days: 3) {
      // A feed of each kind: movements, stays with and without encounters.
      $0.network.hospitals = [3, 4, 5, 6].map { TestNetwork.seven.hospitals[$0] }
      $0.dirt[kind] = 0.1
      $0.collectsTruth = true
    }
    let found = try #require(truth)
    #expect(Set(found.rules.map(\.rule)).isSubset(of: [kind.rule].compactMap { $0 }))
    var pipeline = ReferencePipeline(TestNetwork.seven)
    for event in events { pipeline.take(event) }
    try agree(&pipeline, with: found)
  }

  @Test("What a perfect pipeline finds is what the truth says", arguments: [0, 1, 2, 3, 4, 5])
  func truthHolds(seed: UInt64) throws {
    let (events, truth) = try TestNetwork.run(days: 5, seed: seed) {
      $0.shape = SimulationShape.allCases[Int(seed % 3)]
      $0.dirt = seed < 3 ? .realistic : DirtRates(all: 0.01)
      $0.cancellationRate = 0.02
      $0.collectsTruth = true
      $0.longStayers = 1
    }
    var pipeline = ReferencePipeline(TestNetwork.seven)
    for event in events { pipeline.take(event) }
    try agree(&pipeline, with: #require(truth))
  }

  @Test("The order of arrival does not change what is found")
  func orderDoesNotMatter() throws {
    let (events, truth) = try TestNetwork.run(days: 3) {
      $0.dirt = DirtRates(all: 0.01)
      $0.collectsTruth = true
    }
    var random = SeededGenerator(seed: 1)
    var pipeline = ReferencePipeline(TestNetwork.seven)
    for event in events.shuffled(using: &random) { pipeline.take(event) }
    try agree(&pipeline, with: #require(truth))
  }

  private func agree(_ pipeline: inout ReferencePipeline, with truth: SimulationTruth) throws {
    let visits = pipeline.visits()
    let expected = truth.visits.map {
      ReferencePipeline.Visit(
        hospital: $0.hospital, department: $0.department, patient: $0.patient, arrival: $0.arrival, admission: $0.admission,
        discharge: $0.discharge, expected: $0.expectedDischarge, bed: $0.bed, isLast: $0.isLast)
    }
    let missing = Set(expected).subtracting(visits)
    let extra = Set(visits).subtracting(expected)
    #expect(
      visits.count == expected.count && missing.isEmpty && extra.isEmpty, "missing \(Array(missing.prefix(3))), extra \(Array(extra.prefix(3)))")
    for rule in Rule.allCases where rule != .bedConflict {
      #expect(pipeline.rules[rule, default: 0] == truth.count(rule), "\(rule)")
    }
    for field in Set(truth.drift.map(\.field)).union(pipeline.drift.keys) {
      let told = truth.drift.filter { $0.field == field }.reduce(0) { $0 + $1.records }
      #expect(pipeline.drift[field, default: 0] == told, "\(field)")
    }
  }
}
