public import HTTPTypes
public import Hummingbird
internal import NIOCore

/// What went wrong with a request, as RFC 9457 problem details. Its texts are ours: they say what to do, and hold nothing
/// of a patient and nothing of a request beyond the name of a parameter.
public struct Problem: Error, HTTPResponseError, Sendable {
  public var status: HTTPResponse.Status
  public var title: String
  public var detail: String
  /// The query parameter that is wrong.
  public var parameter: String?
  public var headers: HTTPFields

  public init(
    _ status: HTTPResponse.Status, title: String? = nil, detail: String, parameter: String? = nil, headers: HTTPFields = [:]
  ) {
    self.status = status
    self.title = title ?? status.reasonPhrase
    self.detail = detail
    self.parameter = parameter
    self.headers = headers
  }

  static func parameter(_ name: String, _ detail: String) -> Problem {
    Problem(.badRequest, title: "A parameter is wrong", detail: detail, parameter: name)
  }

  static let busy = Problem(
    .serviceUnavailable, title: "Busy", detail: "The query took longer than it may. Try again, or ask for a shorter period.",
    headers: [.retryAfter: "2"])

  static let internalError = Problem(
    .internalServerError, title: "Internal error", detail: "The answer could not be made. The log of the server says why.")

  public func response(from request: Request, context: some RequestContext) throws -> Response {
    response(instance: request.uri.path)
  }

  /// - Parameter instance: the path of the request, without its query.
  func response(instance: String) -> Response {
    var writer = JSONWriter(capacity: 256)
    writer.object { writer in
      writer.field("type", "about:blank")
      writer.field("title", title)
      writer.field("status", Int(status.code))
      writer.field("detail", detail)
      writer.field("instance", instance)
      if let parameter { writer.field("parameter", parameter) }
    }
    var headers = headers
    headers[.contentType] = "application/problem+json"
    headers[.cacheControl] = "no-store"
    return Response(status: status, headers: headers, body: .init(byteBuffer: writer.buffer))
  }
}
