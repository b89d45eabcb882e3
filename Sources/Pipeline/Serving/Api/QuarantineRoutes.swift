internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// `POST /api/v1/quarantine/replay`: judges quarantined records again; for callers who may see them, such as the command
/// `patientflow quarantine replay`.
struct QuarantineRoutes: Sendable {
  let replay: @Sendable (QuarantineRequest) async throws -> QuarantineOutcome

  func add(to router: some RouterMethods<ServingContext>) {
    router.post("/api/v1/quarantine/replay") { request, context in
      try await answer(request, context)
    }
  }

  private func answer(_ request: Request, _ context: ServingContext) async throws -> Response {
    // JSON alone: a form of another site cannot send it without asking first.
    guard request.headers[.contentType]?.lowercased().hasPrefix("application/json") == true else {
      throw Problem(.unsupportedMediaType, detail: "Send application/json, such as {\"rule\": \"unknown_hospital\"} or {}.")
    }
    let buffer = try await request.body.collect(upTo: 4_096)
    guard let choice = try? JSONDecoder().decode(QuarantineRequest.self, from: Data(buffer.readableBytesView)) else {
      throw Problem(.badRequest, detail: "The body is a JSON object with, if wanted, the text rule and the numbers partition and offset.")
    }
    guard (choice.partition == nil) == (choice.offset == nil) else {
      throw Problem(.badRequest, detail: "A position is a partition and an offset; give both or none.")
    }
    let outcome = try await replay(choice)
    context.logger.info(
      "Quarantined records were judged again.", metadata: ["judged": "\(outcome.judged)", "accepted": "\(outcome.accepted)"])
    var writer = JSONWriter()
    writer.object { writer in
      writer.field("judged", outcome.judged)
      writer.field("accepted", outcome.accepted)
      writer.field("still_quarantined", outcome.stillQuarantined)
      writer.field("gone", outcome.gone)
    }
    return Response(status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: writer.buffer))
  }
}
