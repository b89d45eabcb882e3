internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// The dashboard's files. What may be asked for is listed from the folder, not made from the address: a path that is not
/// on the list does not exist, so no spelling of `..` leads anywhere.
struct StaticFiles: Sendable {
  /// The largest file that is served; anything larger was put there by mistake.
  private static let largest = 16 * 1_048_576

  private let directory: String?
  private let chartLibrary: String?
  private let document: String?

  init(_ configuration: ServingConfiguration) {
    directory = configuration.dashboardDirectory
    chartLibrary = configuration.chartLibrary
    document = configuration.openAPIDocument
  }

  func add(to router: some RouterMethods<ServingContext>) {
    router.get("/") { request, _ in try answer(request, file: directory.map { $0 + "/index.html" }, revalidates: true) }
    router.get("/openapi.yaml") { request, _ in try answer(request, file: document, revalidates: true) }
    router.get("/vendor/echarts.min.js") { request, _ in try answer(request, file: chartLibrary, revalidates: true) }
    router.get("/favicon.ico") { request, _ in try answer(request, file: directory.map { $0 + "/assets/icon.svg" }, revalidates: true) }
    router.get("/assets/**") { request, context in
      let wanted = context.parameters.getCatchAll().joined(separator: "/")
      guard let directory, let path = Self.list(directory + "/assets").first(where: { $0 == wanted }) else { throw HTTPError(.notFound) }
      return try answer(request, file: "\(directory)/assets/\(path)", revalidates: true)
    }
  }

  /// The files below a folder, as paths relative to it. Links are not followed: they could lead out.
  static func list(_ folder: String) -> [String] {
    var files: [String] = []
    func walk(_ prefix: String) {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/" + prefix)) ?? []
      for name in names where !name.hasPrefix(".") {
        let path = prefix.isEmpty ? name : prefix + "/" + name
        let attributes = try? FileManager.default.attributesOfItem(atPath: folder + "/" + path)
        switch attributes?[.type] as? FileAttributeType {
        case .typeDirectory: walk(path)
        case .typeRegular: files.append(path)
        default: break
        }
      }
    }
    walk("")
    return files
  }

  private func answer(_ request: Request, file: String?, revalidates: Bool) throws -> Response {
    guard let file, let contents = FileManager.default.contents(atPath: file), contents.count <= Self.largest else { throw HTTPError(.notFound) }
    let tag = EntityTag(file, String(contents.count), contents.withUnsafeBytes { String(Self.hash($0), radix: 36) })
    var headers: HTTPFields = [.contentType: Self.mediaType(file), .eTag: tag.text, .cacheControl: "no-cache"]
    if tag.matches(request) { return Response(status: .notModified, headers: headers) }
    headers[.contentLength] = String(contents.count)
    return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: contents)))
  }

  /// Eight bytes at a time: the chart library is a megabyte.
  private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    var position = 0
    while position + 8 <= bytes.count {
      hash = (hash ^ bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 29
      position += 8
    }
    while position < bytes.count {
      hash = (hash ^ UInt64(bytes[position])) &* 0x100_0000_01b3
      position += 1
    }
    return hash
  }

  static func mediaType(_ path: String) -> String {
    switch path.split(separator: ".").last.map({ $0.lowercased() }) {
    case "html": "text/html; charset=utf-8"
    case "css": "text/css; charset=utf-8"
    case "js", "mjs": "text/javascript; charset=utf-8"
    case "json": "application/json"
    case "map": "application/json"
    case "svg": "image/svg+xml"
    case "png": "image/png"
    case "ico": "image/x-icon"
    case "woff2": "font/woff2"
    case "yaml", "yml": "application/yaml"
    case "webmanifest": "application/manifest+json"
    case "txt": "text/plain; charset=utf-8"
    default: "application/octet-stream"
    }
  }
}
