import Crypto

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The token that clients of Event Hubs put in `Authorization` (or send by CBS): a resource, a time, and the name of the
/// key that signed both.
///
/// The key is the UTF-8 bytes of the key's text, which is not decoded although it looks like base64.
public struct SharedAccessSignature: Hashable, Sendable {
  /// Most characters of a token that are looked at.
  public static let maximumLength = 4096

  /// The resource as it was received, still percent-encoded: clients differ in case and escaping, and they signed this.
  public var encodedResource: String
  /// Seconds since 1970 after which the token is worth nothing.
  public var expiresAt: Int64
  /// The name of the key (`skn`).
  public var policy: String
  private var signature: [UInt8]
  /// The expiry as received; it was signed so.
  private var encodedExpiry: String

  /// Parses `SharedAccessSignature sr=…&sig=…&se=…&skn=…`, the fields in any order.
  public init(parsing token: String) throws(HubError) {
    let malformed = HubError(.unauthorized, "the token is not a shared access signature")
    let scheme = "SharedAccessSignature "
    guard token.utf8.count <= Self.maximumLength, token.hasPrefix(scheme) else { throw malformed }
    var fields: [Substring: Substring] = [:]
    for field in token.dropFirst(scheme.count).split(separator: "&") {
      guard let equals = field.firstIndex(of: "=") else { throw malformed }
      guard fields.updateValue(field[field.index(after: equals)...], forKey: field[..<equals]) == nil else { throw malformed }
    }
    guard let resource = fields["sr"], let signed = fields["sig"], let expiry = fields["se"], let policy = fields["skn"],
      let expiresAt = Int64(expiry), let name = Self.percentDecode(policy), let code = Self.percentDecode(signed),
      let signature = Data(base64Encoded: code)
    else { throw malformed }
    encodedResource = String(resource)
    self.expiresAt = expiresAt
    self.policy = name
    self.signature = Array(signature)
    encodedExpiry = String(expiry)
  }

  /// Throws ``HubError/Code/unauthorized`` unless the token was signed with `key`, is still good, and is for `path` or
  /// something above it.
  /// - Parameters:
  ///   - key: The text of the key named by ``policy``.
  ///   - path: The path of the request, such as `/flow/messages`.
  ///   - host: Given if the token must be for this host (without port); nil takes any, for a hub with many names.
  ///   - now: Seconds since 1970.
  public func verify(key: String, path: String, host: String? = nil, now: Int64) throws(HubError) {
    // Compares in constant time.
    let isGenuine = HMAC<SHA256>.isValidAuthenticationCode(
      signature, authenticating: Data(Self.signedText(encodedResource, encodedExpiry).utf8),
      using: SymmetricKey(data: Data(key.utf8)))
    guard isGenuine else { throw HubError(.unauthorized, "the token's signature is wrong") }
    guard now < expiresAt else { throw HubError(.unauthorized, "the token is over its time") }
    guard covers(path: path, host: host) else { throw HubError(.unauthorized, "the token is for another resource") }
  }

  /// Makes a token for a resource such as `https://localhost/flow`.
  public static func token(resource: String, policy: String, key: String, expiresAt: Int64) -> String {
    let encoded = percentEncode(resource)
    let expiry = String(expiresAt)
    let code = HMAC<SHA256>.authenticationCode(
      for: Data(signedText(encoded, expiry).utf8), using: SymmetricKey(data: Data(key.utf8)))
    let signature = percentEncode(Data(code).base64EncodedString())
    return "SharedAccessSignature sr=\(encoded)&sig=\(signature)&se=\(expiry)&skn=\(percentEncode(policy))"
  }

  private static func signedText(_ resource: String, _ expiry: String) -> String { resource + "\n" + expiry }

  private func covers(path: String, host: String?) -> Bool {
    guard var resource = Self.percentDecode(encodedResource[...])?.lowercased() else { return false }
    if let scheme = resource.firstRange(of: "://") { resource = String(resource[scheme.upperBound...]) }
    let slash = resource.firstIndex(of: "/") ?? resource.endIndex
    if let host {
      let authority = resource[..<slash]
      let name = authority.firstIndex(of: ":").map { authority[..<$0] } ?? authority
      guard name == host.lowercased() else { return false }
    }
    let granted = resource[slash...].split(separator: "/")
    let asked = path.lowercased().split(separator: "/")
    // A request that climbs upwards could look as if it were below what was granted.
    guard !asked.contains(".."), !asked.contains(".") else { return false }
    return asked.starts(with: granted)
  }

  private static func percentEncode(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"):
        bytes.append(byte)
      default:
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Nil if an escape is not two hexadecimal digits or the result is not text.
  private static func percentDecode(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(hexValue), let low = rest.popFirst().flatMap(hexValue) else { return nil }
      bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func hexValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
