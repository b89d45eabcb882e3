internal import HTTPTypes
internal import Hummingbird

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Finds out what the caller may do, from `Authorization: Bearer TOKEN`, or Basic with the token as password: a browser
/// asks for that by itself and sends it with event streams too. Tokens never stand in addresses.
struct AuthenticationMiddleware: RouterMiddleware {
  let tokens: [AccessToken]
  let isOpen: Bool

  init(_ configuration: ServingConfiguration) {
    tokens = configuration.tokens
    isOpen = !configuration.needsTokenToRead
  }

  func handle(_ request: Request, context: ServingContext, next: (Request, ServingContext) async throws -> Response) async throws -> Response {
    var context = context
    context.rights = rights(request.headers[.authorization])
    return try await next(request, context)
  }

  func rights(_ authorization: String?) -> AccessToken.Rights {
    var rights: AccessToken.Rights = isOpen ? .read : []
    guard let authorization, let offered = Self.token(authorization) else { return rights }
    for token in tokens where token.secret.matches(offered) { rights.formUnion(token.rights) }
    return rights
  }

  private static func token(_ header: String) -> String? {
    guard let space = header.firstIndex(of: " ") else { return nil }
    let rest = header[header.index(after: space)...].drop { $0 == " " }
    switch header[..<space].lowercased() {
    case "bearer": return String(rest)
    case "basic":
      guard let bytes = Data(base64Encoded: String(rest)), let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
      return String(decoding: bytes[bytes.index(after: colon)...], as: UTF8.self)
    default: return nil
    }
  }
}
