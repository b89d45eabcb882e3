internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// `/healthz`: the process lives. `/readyz`: it can do its work, or why not. `/metrics`: Prometheus text.
struct HealthRoutes: Sendable {
  let provider: any PipelineStatusProvider
  let metrics: @Sendable () -> String

  /// Probes come from orchestrators without a token and tell nothing of patients.
  func addProbes(to router: some RouterMethods<ServingContext>) {
    router.get("/healthz") { _, _ in
      Response(status: .ok, headers: [.contentType: "text/plain; charset=utf-8"], body: .init(byteBuffer: ByteBuffer(string: "ok\n")))
    }
    router.get("/readyz") { _, _ in await ready() }
  }

  func addMetrics(to router: some RouterMethods<ServingContext>) {
    router.get("/metrics") { _, _ in
      Response(
        status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"], body: .init(byteBuffer: ByteBuffer(string: metrics())))
    }
  }

  private func ready() async -> Response {
    let readiness = await provider.readiness()
    var writer = JSONWriter()
    writer.object { writer in
      writer.field("status", readiness.isReady ? "ready" : "not ready")
      writer.key("checks")
      writer.array { writer in
        for check in readiness.checks {
          writer.object { writer in
            writer.field("name", check.name)
            writer.field("status", check.isOK ? "ok" : "failing")
            if let detail = check.detail { writer.field("detail", detail) }
          }
        }
      }
    }
    var headers: HTTPFields = [.contentType: "application/json"]
    if !readiness.isReady { headers[.retryAfter] = "1" }
    return Response(status: readiness.isReady ? .ok : .serviceUnavailable, headers: headers, body: .init(byteBuffer: writer.buffer))
  }
}
