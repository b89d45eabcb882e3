internal import DuckDB
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// `POST /api/v1/sql`: one SELECT of a caller whose token has the right, such as the command `patientflow sql`.
struct SQLRoutes: Sendable {
  let reader: SQLReader

  private struct Body: Decodable {
    let sql: String
    let maxRows: Int?

    private enum CodingKeys: String, CodingKey {
      case sql
      case maxRows = "max_rows"
    }
  }

  func add(to router: some RouterMethods<ServingContext>) {
    router.post("/api/v1/sql") { request, context in
      try await answer(request, context)
    }
  }

  private func answer(_ request: Request, _ context: ServingContext) async throws -> Response {
    // JSON alone: a form of another site cannot send it without asking first.
    guard request.headers[.contentType]?.lowercased().hasPrefix("application/json") == true else {
      throw Problem(.unsupportedMediaType, detail: "Send application/json: {\"sql\": \"SELECT …\"}.")
    }
    let buffer = try await request.body.collect(upTo: 4 * SQLReader.longestStatement)
    guard let body = try? JSONDecoder().decode(Body.self, from: Data(buffer.readableBytesView)) else {
      throw Problem(.badRequest, detail: "The body is a JSON object with the text sql and, if wanted, the number max_rows.")
    }
    do {
      if let format = SQLTextFormat(accept: request.headers[.accept]) {
        let stream = SQLStream(reader: reader, format: format, logger: context.logger)
        return try await stream.answer(body.sql, rights: context.rights, rowLimit: body.maxRows, takesTrailers: Self.takesTrailers(request))
      }
      let outcome = try await reader.run(body.sql, rights: context.rights, rowLimit: body.maxRows)
      return Response(status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: Self.json(outcome)))
    } catch let refusal as SQLRefusal {
      // The statement itself may hold a patient's name; only that one was refused is logged.
      context.logger.info("SQL was refused.", metadata: ["reason": "\(refusal.title)"])
      throw refusal.problem
    }
  }

  private static func takesTrailers(_ request: Request) -> Bool {
    (request.headers[.te] ?? "").lowercased().split(separator: ",").contains { $0.split(separator: ";").first?.filter { $0 != " " } == "trailers" }
  }

  static func json(_ outcome: SQLReader.Outcome) -> ByteBuffer {
    var writer = JSONWriter(capacity: 4_096)
    writer.object { writer in
      writer.key("columns")
      writer.array { writer in
        for column in outcome.result.columns {
          writer.object { writer in
            writer.field("name", column.name)
            writer.field("type", column.type.rawValue)
          }
        }
      }
      writer.key("rows")
      writer.array { writer in
        for row in outcome.result.rows {
          writer.array { writer in
            for value in row { writer.exactValue(value) }
          }
        }
      }
      writer.field("truncated", outcome.isTruncated)
    }
    return writer.buffer
  }
}

extension JSONWriter {
  /// A value for a program rather than a page: instants with all their digits, exact numbers as texts.
  mutating func exactValue(_ value: Value) {
    switch value {
    case .timestamp(let micros), .timestampWithZone(let micros): string(Instant(microseconds: micros).textWithMicroseconds)
    case .number(let text): string(text)
    case .double(let number) where !number.isFinite: string(number.isNaN ? "NaN" : number > 0 ? "Infinity" : "-Infinity")
    case .list(let values):
      array { writer in
        for value in values { writer.exactValue(value) }
      }
    case .structure(let fields):
      object { writer in
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
          writer.key(name)
          writer.exactValue(value)
        }
      }
    default: self.value(value)
    }
  }
}
