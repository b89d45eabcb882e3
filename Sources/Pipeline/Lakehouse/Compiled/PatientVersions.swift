internal import Journeys

/// Validities of patients, and the keys that facts take from them.
struct PatientVersions: Sendable {
  private(set) var byPatient: [Int64: [PatientVersion]] = [:]

  func knows(_ patient: Int64) -> Bool { byPatient[patient] != nil }
  func rows(_ patient: Int64) -> [PatientVersion] { byPatient[patient] ?? [] }
  mutating func set(_ patient: Int64, _ versions: [PatientVersion]) { byPatient[patient] = versions }

  /// Adds one version; they are kept in order of time.
  mutating func add(_ version: PatientVersion) {
    var versions = rows(version.patientKeyHash)
    versions.insert(version, at: versions.firstIndex { $0.effectiveFrom > version.effectiveFrom } ?? versions.count)
    byPatient[version.patientKeyHash] = versions
  }

  /// The key of the version that holds at an instant.
  func key(of patient: Int64, at instant: Int64) -> Int64? {
    rows(patient).first { $0.effectiveFrom <= max(instant, Eternity.past) && $0.effectiveTo > instant }.map(PatientKey.of)
  }
}
