public import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Why a request brought nothing into the hub. The texts are ours alone: nothing of what was sent stands in them.
public struct IntakeRefusal: Error, Sendable, Equatable {
  public let status: HTTPResponse.Status
  /// The five-digit code that Event Hubs gives, status first.
  public let code: String
  public let message: String
  public let retryAfterSeconds: Int?
  /// A short word for metrics.
  let reason: String

  init(_ status: HTTPResponse.Status, _ reason: String, _ message: String, detail: Int = 0, retryAfter: Int? = nil) {
    self.status = status
    self.reason = reason
    self.message = message
    code = String(status.code * 100 + detail)
    retryAfterSeconds = retryAfter
  }

  static let unknownHub = IntakeRefusal(.notFound, "unknown_hub", "There is no event hub of this name here.")
  static let unknownPartition = IntakeRefusal(.notFound, "unknown_partition", "The event hub has no partition of this number.", detail: 1)
  static let unauthorized = IntakeRefusal(
    .unauthorized, "unauthorized", "The Authorization header must hold a valid SharedAccessSignature, or Bearer and a key.", detail: 3)
  static let empty = IntakeRefusal(.badRequest, "empty", "The request has no body; an event has at least one byte.")
  static let emptyBatch = IntakeRefusal(.badRequest, "empty", "The batch holds no event.", detail: 1)
  static let malformedBatch = IntakeRefusal(
    .badRequest, "malformed_batch", "The batch is not a JSON array of objects with the text Body.", detail: 2)
  static let malformedProperties = IntakeRefusal(
    .badRequest, "malformed_properties", "The header BrokerProperties is not a JSON object.", detail: 3)
  static let twoPlaces = IntakeRefusal(
    .badRequest, "two_places", "A partition and a PartitionKey exclude each other; send one of them.", detail: 4)
  static func eventTooLarge(limit: Int) -> IntakeRefusal {
    IntakeRefusal(.contentTooLarge, "too_large", "An event has at most \(limit) bytes.")
  }
  static func batchTooLarge(limit: Int) -> IntakeRefusal {
    IntakeRefusal(.contentTooLarge, "too_large", "A batch has at most \(limit) bytes; send it in parts.", detail: 1)
  }
  static func tooFarBehind(retryAfter: Int) -> IntakeRefusal {
    IntakeRefusal(
      .tooManyRequests, "too_far_behind", "The pipeline is too far behind and takes nothing new for now. Nothing of this request was kept.",
      retryAfter: retryAfter)
  }
  static func unavailable(retryAfter: Int, reason: String) -> IntakeRefusal {
    IntakeRefusal(.serviceUnavailable, "unavailable", reason, retryAfter: retryAfter)
  }
  static let failed = IntakeRefusal(
    .internalServerError, "failed", "The events could not be stored. Send them again; the log of the server says why.")

  init(_ error: AppendError, eventLimit: Int) {
    switch error {
    case .noRoom(let seconds):
      self = .unavailable(
        retryAfter: seconds, reason: "The hub cannot write at the moment, as when a disk is full. Nothing of this request was kept.")
    case .tooFarBehind(let seconds): self = .tooFarBehind(retryAfter: seconds)
    case .unknownPartition: self = .unknownPartition
    case .tooLarge: self = .eventTooLarge(limit: eventLimit)
    case .shuttingDown: self = .unavailable(retryAfter: 5, reason: "The hub is shutting down. Nothing of this request was kept.")
    }
  }

  /// `nil` if the events are admitted.
  init?(_ admission: Admission) {
    switch admission {
    case .accept: return nil
    case .throttle(let seconds): self = .tooFarBehind(retryAfter: seconds)
    case .unavailable(let seconds, let reason): self = .unavailable(retryAfter: seconds, reason: reason)
    case .refuse(let reason): self = IntakeRefusal(.conflict, "refused", reason)
    }
  }

  /// Problem details (RFC 9457) that also carry the `code` and `message` Event Hubs' senders look for.
  func response() -> Response {
    var headers: HTTPFields = [.contentType: "application/problem+json", .cacheControl: "no-store"]
    if let retryAfterSeconds { headers[.retryAfter] = String(retryAfterSeconds) }
    if status == .unauthorized { headers[.wwwAuthenticate] = "SharedAccessSignature, Bearer" }
    let text = Self.quoted(message)
    let body =
      "{\"type\":\"about:blank\",\"title\":\(Self.quoted(status.reasonPhrase)),\"status\":\(status.code),\"detail\":\(text),"
      + "\"code\":\"\(code)\",\"message\":\(text)}"
    return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: body)))
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case _ where scalar.value < 0x20: quoted += " "
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
