/// A rule that events are held to, as the quality page names it.
public struct QualityRule: Sendable, Hashable {
  public enum Severity: String, Sendable { case quarantine, repair, set }

  public var id: String
  public var severity: Severity
  public var reason: String

  public init(id: String, severity: Severity, reason: String) {
    self.id = id
    self.severity = severity
    self.reason = reason
  }
}
