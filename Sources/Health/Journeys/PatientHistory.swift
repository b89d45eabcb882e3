internal import Hospital

/// The validities of one patient: `models/gold/dim_patient.sql` told in Swift.
public struct PatientHistory {
  /// What one movement says of the patient.
  public struct Observation: Sendable {
    public var occurredAt: Int64
    public var recordedAt: Int64
    public var contentHash: Int64
    public var gender: String?
    public var age: Int32?
    public var birthYear: Int32?

    public init(occurredAt: Int64, recordedAt: Int64, contentHash: Int64, gender: String?, age: Int32?, birthYear: Int32?) {
      self.occurredAt = occurredAt
      self.recordedAt = recordedAt
      self.contentHash = contentHash
      self.gender = gender
      self.age = age
      self.birthYear = birthYear
    }

    /// `nil` if the movement does not count, or says nothing.
    public init?(_ movement: JourneyMovement) {
      guard
        !movement.isCancelled, movement.outcome != nil || movement.gender != nil || movement.age != nil || movement.birthYear != nil
      else { return nil }
      self.init(
        occurredAt: movement.occurredAt, recordedAt: movement.recordedAt, contentHash: movement.contentHash, gender: movement.gender,
        age: movement.age, birthYear: movement.birthYear)
    }

    /// A gender that tells something.
    var knownGender: String? { gender == "unknown" ? nil : gender }
    var ageBand: String? { age.map(PatientHistory.ageBand) }
    var statedBirthYear: Int32? {
      birthYear ?? age.map { Int32(clamping: CivilTime.date(days: CivilTime.floorDivide(occurredAt, CivilTime.day)).year - Int64($0)) }
    }
  }

  /// Whether observations say nothing that a patient's only validity does not say already.
  ///
  /// Whatever that validity was made from, these added to it or taken from it again leave it as it is: a state between two of the same
  /// gender and age band is the same, and the latest birth year stays. An observation that tells one of the two and not the other
  /// confirms nothing: for the other it may bring back what was said and superseded at one instant.
  public static func confirms(_ version: PatientVersion, _ observations: some Sequence<Observation>) -> Bool {
    guard version.effectiveFrom == Eternity.past, version.effectiveTo == Eternity.future else { return false }
    return observations.allSatisfy { observation in
      let isTold = observation.knownGender != nil || observation.ageBand != nil
      let isSame = observation.knownGender ?? "unknown" == version.gender && observation.ageBand ?? "unknown" == version.ageBand
      return (isSame || !isTold) && (observation.statedBirthYear ?? version.birthYear) == version.birthYear
    }
  }

  /// - Returns: the patient's validities in order; none if nothing was observed.
  public static func versions(_ observations: [Observation], patientID: String, patientKeyHash: Int64) -> [PatientVersion] {
    if observations.isEmpty { return [] }
    let birthYear = birthYear(observations)
    func version(_ gender: String?, _ ageBand: String?, from: Int64) -> PatientVersion {
      PatientVersion(
        patientID: patientID, patientKeyHash: patientKeyHash, gender: gender ?? "unknown", birthYear: birthYear, ageBand: ageBand ?? "unknown",
        effectiveFrom: from, effectiveTo: Eternity.future)
    }
    let genders = Set(observations.compactMap(\.knownGender))
    let bands = Set(observations.compactMap(\.ageBand))
    if genders.count <= 1, bands.count <= 1 { return [version(genders.first, bands.first, from: Eternity.past)] }
    return changes(observations).enumerated().reduce(into: []) { versions, change in
      let state = change.element
      if let last = versions.last {
        if last.gender == state.gender ?? "unknown", last.ageBand == state.ageBand ?? "unknown" { return }
        versions[versions.count - 1].effectiveTo = state.occurredAt
      }
      versions.append(version(state.gender, state.ageBand, from: versions.isEmpty ? Eternity.past : state.occurredAt))
    }
  }

  /// What was known after each instant at which something was said. What an observation leaves unsaid stays as it was, and
  /// what was not yet known holds from the beginning; of several observations of one instant the last stands.
  private static func changes(_ observations: [Observation]) -> [(occurredAt: Int64, gender: String?, ageBand: String?)] {
    let told = observations.filter { $0.knownGender != nil || $0.ageBand != nil }.sorted {
      ($0.occurredAt, $0.recordedAt, $0.contentHash) < ($1.occurredAt, $1.recordedAt, $1.contentHash)
    }
    var gender = told.first { $0.knownGender != nil }?.knownGender
    var ageBand = told.first { $0.ageBand != nil }?.ageBand
    var states: [(occurredAt: Int64, gender: String?, ageBand: String?)] = []
    for observation in told {
      gender = observation.knownGender ?? gender
      ageBand = observation.ageBand ?? ageBand
      if states.last?.occurredAt == observation.occurredAt { states.removeLast() }
      states.append((observation.occurredAt, gender, ageBand))
    }
    return states
  }

  /// The birth year of the latest observation that knows one (the greatest of several at one second).
  private static func birthYear(_ observations: [Observation]) -> Int32? {
    let base = CivilTime.instant(year: 1000, month: 1, day: 1)
    var packed: Int64?
    for observation in observations {
      guard let year = observation.statedBirthYear else { continue }
      packed = max(packed ?? Int64.min, CivilTime.floorDivide(observation.occurredAt - base, CivilTime.second) * 4096 + Int64(year))
    }
    return packed.map { Int32($0 % 4096) }
  }

  /// `pf_age_band`.
  static func ageBand(_ age: Int32) -> String {
    switch age {
    case ..<18: "0-17"
    case ..<45: "18-44"
    case ..<65: "45-64"
    case ..<80: "65-79"
    case ..<90: "80-89"
    default: "90+"
    }
  }
}
