/// The shapes of record that the hub carries.
public enum EventShape: String, CaseIterable, Codable, Sendable {
  /// One record a stay, sent again whenever it changes; it has no field `type`.
  case stay
  /// One record a movement.
  case movement
  /// A department's metadata from an instant on; its type is `department_changed`.
  case department
}
