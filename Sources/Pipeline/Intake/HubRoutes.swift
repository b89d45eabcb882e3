internal import HTTPTypes
public import Hummingbird
internal import Logging
internal import Metrics
internal import NIOCore

/// The HTTP front of the hub, in the shape of the Event Hubs REST API: `POST /{hub}/messages`, and the same under
/// `/{hub}/partitions/{id}` and `/{hub}/publishers/{id}`. A request is answered with 201 once its events are durable.
public struct HubRoutes: Sendable {
  private let configuration: IntakeConfiguration
  private let appender: any EventAppender
  private let metrics = IntakeMetrics()

  public init(configuration: IntakeConfiguration, appender: any EventAppender) {
    self.configuration = configuration
    self.appender = appender
  }

  /// Adds the routes to a router or a group of it.
  public func add<Context: RequestContext>(to router: some RouterMethods<Context>) {
    router.post(":hub/messages") { request, context in
      await answer(request, context, .hub)
    }
    router.post(":hub/partitions/:partition/messages") { request, context in
      await answer(request, context, .partition(context.parameters.get("partition") ?? ""))
    }
    router.post(":hub/publishers/:publisher/messages") { request, context in
      await answer(request, context, .publisher(context.parameters.get("publisher") ?? ""))
    }
  }

  private func answer(_ request: Request, _ context: some RequestContext, _ target: SendRequest.Target) async -> Response {
    do {
      try await take(request, context, target)
      return Response(status: .created, headers: [.contentLength: "0"])
    } catch let refusal as IntakeRefusal {
      metrics.refused(refusal.reason)
      return refusal.response()
    } catch {
      metrics.refused(IntakeRefusal.failed.reason)
      // The type alone: what an unknown error says may hold what was sent.
      context.logger.error("Events could not be stored.", metadata: ["error_type": "\(type(of: error))"])
      return IntakeRefusal.failed.response()
    }
  }

  private func take(_ request: Request, _ context: some RequestContext, _ target: SendRequest.Target) async throws {
    guard context.parameters.get("hub") == configuration.hub else { throw IntakeRefusal.unknownHub }
    guard configuration.access.admits(authorization: request.headers[.authorization], resource: request.uri.path) else {
      throw IntakeRefusal.unauthorized
    }
    if let refusal = IntakeRefusal(configuration.admission()) { throw refusal }
    let isBatch = SendRequest.isBatch(request.headers[.contentType])
    let limit = isBatch ? configuration.maximumBatchBytes : configuration.maximumEventBytes
    let tooLarge = isBatch ? IntakeRefusal.batchTooLarge(limit: limit) : .eventTooLarge(limit: limit)
    if let length = request.headers[.contentLength].flatMap(Int.init), length > limit { throw tooLarge }
    let buffer: ByteBuffer
    do { buffer = try await request.body.collect(upTo: limit) } catch is NIOTooManyBytesError { throw tooLarge }
    let send = SendRequest(
      target: target, contentType: request.headers[.contentType], brokerProperties: HTTPField.Name.brokerProperties.flatMap { request.headers[$0] },
      body: Array(buffer.readableBytesView))
    let events = try send.events(configuration)
    do {
      try await appender.append(events)
    } catch let error as AppendError {
      throw IntakeRefusal(error, eventLimit: configuration.maximumEventBytes)
    }
    metrics.accepted(events: events.count, bytes: buffer.readableBytes)
  }
}

extension HTTPField.Name {
  /// Event Hubs' own header with the properties of a single message.
  static let brokerProperties = HTTPField.Name("BrokerProperties")
}
