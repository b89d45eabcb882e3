/// A patient's gender as it is stored.
public enum Gender: String, CaseIterable, Codable, Sendable {
  case male, female, other, unknown
}
