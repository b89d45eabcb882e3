internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import ServiceLifecycle

/// An answer of any length as a response whose body is made while it is sent.
struct SQLStream: Sendable {
  /// The trailer that says why an answer ends before its last row, for callers who take trailers (`TE: trailers`). For others the connection
  /// is cut instead, so that nobody takes a part for the whole.
  static let failureTrailer = HTTPField.Name("patientflow-error")

  let reader: SQLReader
  let format: SQLTextFormat
  let logger: Logger

  /// - Throws: ``SQLRefusal`` for what is found out before the first rows; what fails later ends the body.
  func answer(_ sql: String, rights: AccessToken.Rights, rowLimit: Int?, takesTrailers: Bool) async throws -> Response {
    let pipe = SQLPipe(timeLimit: reader.timeLimit)
    let text = SQLText(format: format) { try pipe.send($0) }
    // Its own task: the response begins while the rows are still made.
    let work = Task { [reader] in
      do {
        try await withGracefulShutdownHandler {
          try await reader.write(sql, rights: rights, rowLimit: rowLimit, to: text)
        } onGracefulShutdown: {
          pipe.close(SQLRefusal.stopping)
        }
        pipe.end()
      } catch {
        pipe.end(error)
      }
    }
    var pieces = pipe.stream.makeAsyncIterator()
    let first = try await pieces.next()
    var headers: HTTPFields = [.contentType: format.contentType, .cacheControl: "no-store"]
    if takesTrailers, let name = Self.failureTrailer { headers[.trailer] = name.canonicalName }
    return Response(
      status: .ok, headers: headers,
      body: .init { [logger] writer in
        var trailers: HTTPFields?
        do {
          if let first {
            try await writer.write(first)
            pipe.took()
            for try await piece in pipe.stream {
              try await writer.write(piece)
              pipe.took()
            }
          }
        } catch {
          pipe.close()
          work.cancel()
          guard let refusal = error as? SQLRefusal else { throw error }
          logger.info("An answer of SQL ended before its last row.", metadata: ["reason": "\(refusal.title)"])
          guard takesTrailers, let name = Self.failureTrailer else { throw refusal }
          trailers = [name: Self.line("\(refusal.title): \(refusal.detail)")]
        }
        try await writer.finish(trailers)
      })
  }

  /// A header holds one line of ASCII.
  private static func line(_ text: String) -> String {
    String(text.prefix(500).unicodeScalars.map { (" "..."~").contains($0) ? Character($0) : " " })
  }
}
