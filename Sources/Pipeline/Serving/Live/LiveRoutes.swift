internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import ServiceLifecycle

/// `/api/v1/events`: the stream of live figures.
struct LiveRoutes: Sendable {
  let broadcaster: LiveBroadcaster

  func add(to router: some RouterMethods<ServingContext>) {
    router.get("/api/v1/events") { request, context in
      try await stream(request, context)
    }
  }

  private func stream(_ request: Request, _ context: ServingContext) async throws -> Response {
    guard request.uri.query == nil else { throw Problem(.badRequest, detail: "This address takes no parameters.") }
    let subscription = try broadcaster.subscribe { [channel = context.channel] in channel.close(promise: nil) }
    let first = try await broadcaster.currentFrame()
    let headers: HTTPFields = [.contentType: "text/event-stream", .cacheControl: "no-store"]
    return Response(
      status: .ok, headers: headers,
      body: .init { writer in
        let mailbox = subscription.mailbox
        try await withGracefulShutdownHandler {
          try await request.body.consumeWithInboundCloseHandler { _ in
            try await writer.write(contentsOf: [LiveFrame.retry, first.bytes])
            while let frames = await mailbox.next() { try await writer.write(contentsOf: frames) }
          } onInboundClosed: {
            mailbox.close()
          }
        } onGracefulShutdown: {
          mailbox.close()
        }
        try await writer.finish(nil)
      })
  }
}
