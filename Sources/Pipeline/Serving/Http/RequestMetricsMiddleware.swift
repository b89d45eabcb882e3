internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import Metrics

/// Counts and times requests by route template; the path itself, and above all the query, go nowhere.
struct RequestMetricsMiddleware: RouterMiddleware {
  func handle(_ request: Request, context: ServingContext, next: (Request, ServingContext) async throws -> Response) async throws -> Response {
    let start = ContinuousClock.now
    let response = try await next(request, context)
    let route = context.endpointPath ?? "none"
    let duration = ContinuousClock.now - start
    let dimensions = [("route", route), ("method", Self.method(request.method)), ("status", String(response.status.code))]
    Counter(label: "patientflow_http_requests_total", dimensions: dimensions).increment()
    Metrics.Timer(label: "patientflow_http_request_duration_seconds", dimensions: [("route", route)]).recordNanoseconds(duration.nanoseconds)
    context.logger.debug(
      "Request answered.",
      metadata: ["route": "\(route)", "status": "\(response.status.code)", "milliseconds": "\(duration.nanoseconds / 1_000_000)"])
    return response
  }

  /// A sender may invent methods; each would be a time series.
  private static func method(_ method: HTTPRequest.Method) -> String {
    [.get, .head, .post, .options, .put, .delete, .patch].contains(method) ? method.rawValue : "other"
  }
}

extension Duration {
  var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
