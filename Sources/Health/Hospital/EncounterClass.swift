/// What kind of care an encounter is, as a movement says it.
public enum EncounterClass: String, CaseIterable, Codable, Sendable {
  case emergency, inpatient
}
