/// Who may send.
public struct IntakeAccess: Sendable {
  private let keys: [[UInt8]]
  private let verifiesSignature: @Sendable (_ token: String, _ resource: String) -> Bool
  /// Whether anyone may send; only ever right on loopback.
  public let isOpen: Bool

  /// Anyone who reaches the address may send.
  public static let open = IntakeAccess()

  private init() {
    keys = []
    verifiesSignature = { _, _ in false }
    isOpen = true
  }

  /// - Parameters:
  ///   - keys: what may follow `Authorization: Bearer`.
  ///   - verifiesSignature: whether a whole `SharedAccessSignature …` header value is valid now for a resource path
  ///     such as `/patient-flow/messages`.
  public init(keys: [String], verifiesSignature: @escaping @Sendable (_ token: String, _ resource: String) -> Bool) {
    self.keys = keys.map { Array($0.utf8) }.filter { !$0.isEmpty }
    self.verifiesSignature = verifiesSignature
    isOpen = false
  }

  /// Whether a request with this Authorization header may send to `resource`.
  public func admits(authorization: String?, resource: String) -> Bool {
    if isOpen { return true }
    guard let authorization else { return false }
    if let token = Self.rest(of: authorization, after: "bearer ") {
      let offered = Array(token.utf8)
      // Every key is compared, and every byte of it, so that the time taken tells nothing.
      return keys.reduce(false) { found, key in Self.equal(offered, key) || found }
    }
    if Self.rest(of: authorization, after: "sharedaccesssignature ") != nil { return verifiesSignature(authorization, resource) }
    return false
  }

  private static func rest(of text: String, after scheme: String) -> String? {
    guard text.count > scheme.count, text.prefix(scheme.count).lowercased() == scheme else { return nil }
    return String(text.dropFirst(scheme.count).drop { $0 == " " })
  }

  private static func equal(_ offered: [UInt8], _ key: [UInt8]) -> Bool {
    var difference = offered.count ^ key.count
    for (index, byte) in key.enumerated() { difference |= Int(byte ^ (index < offered.count ? offered[index] : ~byte)) }
    return difference == 0
  }
}
