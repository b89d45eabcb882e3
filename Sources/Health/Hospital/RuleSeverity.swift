/// What a quality rule does to a record that it finds.
public enum RuleSeverity: String, CaseIterable, Codable, Sendable {
  /// The record is kept aside with the rule's name and goes no further until it is replayed.
  case quarantine
  /// The record goes on; a value was replaced or left out as the rule declares, and a flag says so.
  case repair
  /// The record goes on as it is; a flag says what was noticed among several records.
  case flag
}
