internal import HTTPTypes
internal import Hummingbird

/// Headers that every answer carries: a page that loads nothing from elsewhere and is framed by nobody.
struct SecurityHeadersMiddleware: RouterMiddleware {
  static let contentSecurityPolicy =
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    + "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

  let isSimulated: @Sendable () -> Bool

  func handle(_ request: Request, context: ServingContext, next: (Request, ServingContext) async throws -> Response) async throws -> Response {
    var response = try await next(request, context)
    response.headers[.contentSecurityPolicy] = Self.contentSecurityPolicy
    response.headers[.xContentTypeOptions] = "nosniff"
    response.headers.append(.referrerPolicy, "no-referrer")
    response.headers.append(.crossOriginResourcePolicy, "same-origin")
    if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    if isSimulated() { response.headers.append(.simulated, "true") }
    return response
  }
}

extension HTTPField.Name {
  // Names of our own are optional because parsing them could fail; a name that is not one is simply not sent.
  static let simulated = HTTPField.Name("X-Patient-Flow-Simulated")
  static let referrerPolicy = HTTPField.Name("Referrer-Policy")
  static let crossOriginResourcePolicy = HTTPField.Name("Cross-Origin-Resource-Policy")
}

extension HTTPFields {
  mutating func append(_ name: HTTPField.Name?, _ value: String) {
    if let name { self[name] = value }
  }
}
