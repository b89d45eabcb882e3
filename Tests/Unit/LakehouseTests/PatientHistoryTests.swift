import Journeys
import Testing

struct PatientHistoryTests {
  typealias Observation = PatientHistory.Observation

  /// Few values, so that the same instant, the same gender and contradictions come often.
  private static func observation(_ numbers: inout SeededNumbers) -> Observation {
    Observation(
      occurredAt: 1_700_000_000_000_000 + Int64(numbers.next(5)) * 86_400_000_000 * 200, recordedAt: Int64(numbers.next(3)),
      contentHash: Int64(numbers.next(1000)), gender: [nil, "female", "female", "male", "unknown"][numbers.next(5)],
      age: numbers.next(3) == 0 ? nil : Int32(39 + numbers.next(2) * numbers.next(20)), birthYear: numbers.next(3) == 0 ? 1984 : nil)
  }

  struct SeededNumbers {
    var state: UInt64
    mutating func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
  }

  @Test func whatConfirmsTheOnlyValidityLeavesItWhereItIs() {
    var confirmed = 0
    for seed in 0..<60_000 {
      var numbers = SeededNumbers(state: UInt64(seed))
      let stored = (0..<1 + numbers.next(5)).map { _ in Self.observation(&numbers) }
      let versions = PatientHistory.versions(stored, patientID: "P", patientKeyHash: 1)
      let fresh = (0..<1 + numbers.next(3)).map { _ in Self.observation(&numbers) }
      guard versions.count == 1, PatientHistory.confirms(versions[0], fresh) else { continue }
      confirmed += 1
      #expect(PatientHistory.versions(fresh + stored, patientID: "P", patientKeyHash: 1) == versions, "seed \(seed)")
    }
    #expect(confirmed > 1000, "the worlds confirm too seldom to show anything")
  }

  @Test func anotherGenderBandOrBirthYearDoesNotConfirm() {
    let observation = Observation(occurredAt: 0, recordedAt: 0, contentHash: 0, gender: "female", age: 40, birthYear: 1930)
    let version = PatientHistory.versions([observation], patientID: "P", patientKeyHash: 1)[0]
    #expect(PatientHistory.confirms(version, [observation]))
    for change: (inout Observation) -> Void in [{ $0.gender = "male" }, { $0.age = 50 }, { $0.birthYear = 1931 }] {
      var other = observation
      change(&other)
      #expect(!PatientHistory.confirms(version, [observation, other]))
    }
    var later = version
    later.effectiveFrom = 0
    #expect(!PatientHistory.confirms(later, [observation]))
  }
}
