internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Synchronization

/// Packs answers for readers who take gzip. Streams are left alone: a live frame must leave at once.
///
/// The validators of answers are weak, which says that two answers mean the same, not that they are the same bytes; so one
/// validator serves both codings, and `Vary` keeps caches from mixing them up.
struct CompressionMiddleware: RouterMiddleware {
  /// Below this a packet is sent anyway.
  static let smallest = 1_024

  private let known = KnownFiles()

  func handle(_ request: Request, context: ServingContext, next: (Request, ServingContext) async throws -> Response) async throws -> Response {
    var response = try await next(request, context)
    guard Self.isText(response) || response.status == .notModified else { return response }
    response.headers[.vary] = [response.headers[.vary], "Accept-Encoding"].compactMap { $0 }.joined(separator: ", ")
    guard response.status == .ok, request.method == .get, Self.takesGzip(request.headers[.acceptEncoding]), response.headers[.contentEncoding] == nil,
      let length = response.body.contentLength, length >= Self.smallest, let packed = try await pack(response, isFile: Self.isFile(request))
    else { return response }
    response.headers[.contentEncoding] = "gzip"
    response.headers[.contentLength] = String(packed.readableBytes)
    response.body = .init(byteBuffer: packed)
    return response
  }

  private func pack(_ response: Response, isFile: Bool) async throws -> ByteBuffer? {
    let tag = isFile ? response.headers[.eTag] : nil
    if let tag, let packed = known.packed(tag) { return packed }
    let collector = Collector()
    try await response.body.write(collector)
    guard let packed = Gzip.pack(collector.body), packed.readableBytes < collector.body.readableBytes else { return nil }
    if let tag { known.keep(packed, tag) }
    return packed
  }

  /// Files stay what they are as long as their validator does; answers are written anew for each reader.
  private static func isFile(_ request: Request) -> Bool { !request.uri.path.hasPrefix("/api/") }

  private static func isText(_ response: Response) -> Bool {
    guard let type = response.headers[.contentType]?.split(separator: ";").first else { return false }
    if type == "text/event-stream" { return false }
    return type.hasPrefix("text/") || ["application/json", "application/yaml", "application/manifest+json", "image/svg+xml"].contains(String(type))
  }

  /// Whether `Accept-Encoding` names gzip, or all, and not with the weight 0.
  static func takesGzip(_ header: String?) -> Bool {
    var any = false
    for part in (header ?? "").lowercased().split(separator: ",") {
      let pieces = part.split(separator: ";").map { $0.filter { $0 != " " } }
      let isRefused = pieces.dropFirst().contains { $0.hasPrefix("q=") && Double($0.dropFirst(2)) == 0 }
      if pieces.first == "gzip" { return !isRefused }
      if pieces.first == "*" { any = !isRefused }
    }
    return any
  }

  /// The packed files, few and small: the dashboard has some dozens.
  private final class KnownFiles: Sendable {
    private let files = Mutex<[String: ByteBuffer]>([:])

    func packed(_ tag: String) -> ByteBuffer? { files.withLock { $0[tag] } }

    func keep(_ packed: ByteBuffer, _ tag: String) {
      files.withLock { files in
        // Files that have changed on disk since leave their old selves here.
        if files.count >= 128 { files.removeAll() }
        files[tag] = packed
      }
    }
  }

  /// Takes a body that was made to be written.
  private final class Collector: ResponseBodyWriter {
    private(set) var body = ByteBuffer()

    func write(_ buffer: ByteBuffer) async throws {
      var buffer = buffer
      body.writeBuffer(&buffer)
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
  }
}
