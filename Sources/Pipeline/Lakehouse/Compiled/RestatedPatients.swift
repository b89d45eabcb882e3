internal import DuckDB
internal import Journeys

/// The patients that a batch touches: what their movements say of them, and the validities that this gives.
struct RestatedPatients {
  /// What a movement says of its patient.
  struct Observed {
    let journeyKey: Int64
    let observation: PatientHistory.Observation
  }

  /// The patients of rows that were there and of rows that are there now.
  private(set) var keys: Set<Int64> = []
  var versions = PatientVersions()
  private var observed: [Int64: [Observed]] = [:]
  private var patientIDs: [Int64: String] = [:]
  /// The journeys that had rows of a patient before the batch.
  private var former: [Int64: Set<Int64>] = [:]
  /// Patients whose unread journeys give one validity, which the batch confirms.
  private var confirmed: [Int64: PatientVersion] = [:]

  /// Patients of whom there are only rows that were there before.
  var nameless: [Int64] { keys.filter { patientIDs[$0] == nil } }

  /// Takes in a patient of a movement that the store held.
  mutating func insert(_ patient: Int64, formerlyIn journey: Int64) {
    keys.insert(patient)
    former[patient, default: []].insert(journey)
  }

  mutating func name(_ patient: Int64, _ patientID: String) { patientIDs[patient] = patientID }

  /// Takes in a movement of the batch.
  mutating func observe(_ movement: JourneyMovement) {
    keys.insert(movement.patientKeyHash)
    patientIDs[movement.patientKeyHash] = movement.patientID
    if let observation = PatientHistory.Observation(movement) {
      observed[movement.patientKeyHash, default: []].append(Observed(journeyKey: movement.journeyKey, observation: observation))
    }
  }

  /// Takes in rows of ``CompiledStatements/hotObservations`` of other journeys than those of the batch.
  mutating func observe(_ chunk: borrowing ChunkView, except touched: Set<Int64>) {
    for row in 0..<chunk.count where !chunk.bool(8, row) && !touched.contains(chunk.int64(7, row)) {
      // The same as `PatientHistory.Observation(_:)` asks.
      if chunk.isNull(9, row), chunk.isNull(4, row), chunk.isNull(5, row), chunk.isNull(6, row) { continue }
      let observation = PatientHistory.Observation(
        occurredAt: chunk.int64(1, row), recordedAt: chunk.int64(2, row), contentHash: chunk.int64(3, row), gender: chunk.optionalText(4, row),
        age: chunk.optionalInt32(5, row), birthYear: chunk.optionalInt32(6, row))
      observed[chunk.int64(0, row), default: []].append(Observed(journeyKey: chunk.int64(7, row), observation: observation))
    }
  }

  /// Takes in what is remembered of a patient.
  /// - Returns: false if that does not do, and the store has to be asked; nothing is taken in then.
  mutating func recall(_ kept: RecentJourneys.Patient, _ patient: Int64, touched: Set<Int64>) -> Bool {
    if let version = kept.unread {
      let read = Set(kept.observed.map(\.journeyKey))
      guard former[patient].map({ $0.isSubset(of: read) }) ?? true, confirms(version, patient) else { return false }
      confirmed[patient] = version
    }
    if patientIDs[patient] == nil { patientIDs[patient] = kept.patientID }
    for row in kept.observed where !touched.contains(row.journeyKey) { observed[patient, default: []].append(row) }
    return true
  }

  /// Whether the batch brings only new journeys of a patient and these say nothing that its one validity does not say: then none of its
  /// other journeys has to be read.
  mutating func confirm(_ patient: Int64, _ versions: [PatientVersion]) -> Bool {
    guard versions.count == 1, former[patient] == nil, confirms(versions[0], patient) else { return false }
    confirmed[patient] = versions[0]
    return true
  }

  private func confirms(_ version: PatientVersion, _ patient: Int64) -> Bool {
    PatientHistory.confirms(version, observed[patient, default: []].lazy.map(\.observation))
  }

  /// What is to be remembered of a patient after the batch.
  func remembered(_ patient: Int64) -> RecentJourneys.Patient {
    RecentJourneys.Patient(
      patientID: patientID(patient), versions: versions.rows(patient), observed: observed[patient] ?? [], unread: confirmed[patient])
  }

  func patientID(_ patient: Int64) -> String { patientIDs[patient] ?? "" }

  /// The validities that all observations of a patient give.
  func history(_ patient: Int64) -> [PatientVersion] {
    if let version = confirmed[patient] { return [version] }
    return observed[patient].map { PatientHistory.versions($0.map(\.observation), patientID: patientID(patient), patientKeyHash: patient) } ?? []
  }
}
