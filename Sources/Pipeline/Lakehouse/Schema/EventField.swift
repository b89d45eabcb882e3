/// One declared field of an event shape.
public struct EventField: Sendable, Hashable {
  /// Which forms a value may have; `config/schemas/stay.yml` says each in words.
  public enum Kind: String, Sendable {
    case identifier, text, integer, double, timestamp, date, ignored
  }

  /// What an identifying field is used for; such a field has no column of its own.
  public enum Role: String, Sendable {
    case event, hospital, patient, encounter, cancels
  }

  /// The JSON name; a dot leads into one object, such as `location.bed`.
  public let name: String
  public let kind: Kind
  public let role: Role?
  public let column: String?

  public init(name: String, kind: Kind, role: Role? = nil, column: String? = nil) {
    self.name = name
    self.kind = kind
    self.role = role
    self.column = column
  }

  /// `name` split at its dot.
  var path: (outer: String, inner: String?) {
    guard let dot = name.firstIndex(of: ".") else { return (name, nil) }
    return (String(name[..<dot]), String(name[name.index(after: dot)...]))
  }
}
