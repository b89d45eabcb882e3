/// How many records a rule has to see to be decided.
public enum RuleScope: String, CaseIterable, Codable, Sendable {
  /// One record by itself.
  case record
  /// Several records of a journey, an encounter or a bed.
  case set
}
