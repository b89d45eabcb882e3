/// Whether the process can do its work, and if not, why.
public struct Readiness: Sendable, Hashable {
  public struct Check: Sendable, Hashable {
    public var name: String
    public var isOK: Bool
    /// What an operator should know, such as how much history is loaded.
    public var detail: String?

    public init(name: String, isOK: Bool, detail: String? = nil) {
      self.name = name
      self.isOK = isOK
      self.detail = detail
    }
  }

  public var checks: [Check]

  public init(checks: [Check]) { self.checks = checks }

  public var isReady: Bool { checks.allSatisfy(\.isOK) }
}
