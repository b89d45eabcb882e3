internal import HTTPTypes
internal import Hummingbird

/// Keeps pages of other sites from using a server that trusts its own machine: a name that someone else's DNS points at
/// loopback is not ours, and a form of another site must not put events into the hub.
struct HostGuardMiddleware: RouterMiddleware {
  let names: Set<String>
  let acceptsAnyHost: Bool

  init(_ configuration: ServingConfiguration) {
    names = Set((["localhost", "127.0.0.1", "[::1]", "::1", configuration.host] + configuration.allowedHosts).map { $0.lowercased() })
    // With tokens configured a foreign page has none, so only what is open needs the guard.
    acceptsAnyHost = configuration.needsTokenToRead && configuration.allowedHosts.isEmpty
  }

  func handle(_ request: Request, context: ServingContext, next: (Request, ServingContext) async throws -> Response) async throws -> Response {
    let host = request.head.authority.map(Self.name) ?? ""
    guard acceptsAnyHost || names.contains(host) else {
      throw Problem(.misdirectedRequest, detail: "This server is not known under the name in the Host header.")
    }
    if request.method != .get, request.method != .head, let origin = request.headers[.origin] {
      let from = origin.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first.map { String($0).lowercased() }
      guard let from, from == request.head.authority?.lowercased() else {
        throw Problem(.forbidden, detail: "Pages of other sites may not send here.")
      }
    }
    return try await next(request, context)
  }

  /// The host of `host:port`, with an IPv6 address in its brackets.
  static func name(_ authority: String) -> String {
    let text = authority.lowercased()
    if text.hasPrefix("[") { return text.firstIndex(of: "]").map { String(text[...$0]) } ?? text }
    return text.firstIndex(of: ":").map { String(text[..<$0]) } ?? text
  }
}
