internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The endpoints as routes: reads the query, answers as JSON or CSV, with a validator.
struct ApiRoutes: Sendable {
  let reader: GoldReader

  func add(to router: some RouterMethods<ServingContext>) {
    for endpoint in Endpoint.all {
      router.get(RouterPath(endpoint.path)) { request, _ in
        try await answer(endpoint, request)
      }
    }
  }

  private func answer(_ endpoint: Endpoint, _ request: Request) async throws -> Response {
    let query = try QueryParameters(
      QueryString.pairs(request.uri.query), allowed: endpoint.parameters, tables: endpoint.tables,
      acceptsCSV: Self.prefersCSV(request.headers[.accept]))
    let answer = try await reader.answer(endpoint, query.filter)
    let clock = answer.envelope.clock
    let tag = EntityTag(
      endpoint.name, "\(query.filter)", query.format.rawValue, query.table ?? "", String(clock.batch), clock.committedAt?.textWithMilliseconds ?? "")
    // The pipeline page changes without a commit.
    let isValidated = endpoint.name != Endpoint.pipeline.name
    var headers: HTTPFields = [.cacheControl: "no-cache", .vary: "Accept"]
    if isValidated { headers[.eTag] = tag.text }
    if isValidated, tag.matches(request) { return Response(status: .notModified, headers: headers) }
    switch query.format {
    case .json:
      headers[.contentType] = "application/json"
      return Response(status: .ok, headers: headers, body: .init(byteBuffer: answer.json().buffer))
    case .csv:
      let table = query.table ?? endpoint.tables.first ?? ""
      headers[.contentType] = "text/csv; charset=utf-8; header=present"
      headers[.contentDisposition] = "attachment; filename=\"\(endpoint.name)-\(table).csv\""
      return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: answer.csv(table))))
    }
  }

  /// Whether CSV stands in the Accept header before JSON.
  static func prefersCSV(_ accept: String?) -> Bool {
    for part in (accept ?? "").lowercased().split(separator: ",") {
      let type = part.split(separator: ";").first.map { $0.split(separator: " ").joined() } ?? ""
      if type == "text/csv" { return true }
      if type == "application/json" || type == "*/*" || type == "application/*" { return false }
    }
    return false
  }
}
