internal import HTTPTypes
internal import Hummingbird

/// Lets only callers through who have a right.
struct RightMiddleware: RouterMiddleware {
  let right: AccessToken.Rights

  func handle(_ request: Request, context: ServingContext, next: (Request, ServingContext) async throws -> Response) async throws -> Response {
    guard context.rights.isSuperset(of: right) else { throw Self.unauthorized }
    return try await next(request, context)
  }

  static let unauthorized = Problem(
    .unauthorized, detail: "Send a token with this right as Authorization: Bearer, or as the password of Basic authentication.",
    headers: [.wwwAuthenticate: "Basic realm=\"Patient Flow\", charset=\"UTF-8\", Bearer realm=\"Patient Flow\""])
}
