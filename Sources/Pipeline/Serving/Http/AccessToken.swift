/// A token and what its bearer may do.
public struct AccessToken: Sendable {
  /// What a bearer may do beyond reading the dashboard and its API.
  public struct Rights: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// The figures: dashboard and API.
    public static let read = Rights(rawValue: 1)
    /// Own SELECT statements over gold and silver.
    public static let sql = Rights(rawValue: 2)
    /// SQL may also read what holds raw identifiers, bronze and quarantine; and quarantined records may be judged again.
    public static let restricted = Rights(rawValue: 4)
  }

  public let secret: Secret
  public let rights: Rights

  public init(secret: Secret, rights: Rights) {
    self.secret = secret
    self.rights = rights
  }
}
