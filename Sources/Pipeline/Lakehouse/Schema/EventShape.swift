/// The shapes a hub record can have. The field `type` tells: absent, `department_changed`, or a movement's type.
public enum EventShape: String, Sendable, CaseIterable {
  case stay, movement, department
}
