internal import DuckDB
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore

/// Turns every error into problem details. What an unknown error says stays here; the log has its kind.
struct ProblemMiddleware: RouterMiddleware {
  func handle(_ request: Request, context: ServingContext, next: (Request, ServingContext) async throws -> Response) async throws -> Response {
    do {
      return try await next(request, context)
    } catch {
      return problem(error, request, context).response(instance: request.uri.path)
    }
  }

  private func problem(_ error: any Error, _ request: Request, _ context: ServingContext) -> Problem {
    switch error {
    case let problem as Problem: return problem
    case let error as HTTPError: return Problem(error.status, detail: Self.detail(error.status), headers: error.headers)
    case is NIOTooManyBytesError: return Problem(.contentTooLarge, detail: "The body of the request is too large.")
    case is CancellationError: return Problem(.serviceUnavailable, detail: "The server is shutting down.", headers: [.retryAfter: "5"])
    case let error as DuckDBError:
      // Our own statements bind their parameters, so DuckDB's text quotes nothing of a patient.
      context.logger.error("A query failed.", metadata: ["route": "\(context.endpointPath ?? "")", "error": "\(error)"])
      return error.isOutOfSpace ? .busy : .internalError
    default:
      context.logger.error("A request failed.", metadata: ["route": "\(context.endpointPath ?? "")", "error_type": "\(type(of: error))"])
      return .internalError
    }
  }

  private static func detail(_ status: HTTPResponse.Status) -> String {
    switch status {
    case .notFound: "There is nothing at this address. /openapi.yaml lists what there is."
    case .methodNotAllowed: "This address does not take this method."
    default: status.reasonPhrase
    }
  }
}
