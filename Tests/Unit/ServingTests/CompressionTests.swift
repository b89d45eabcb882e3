import CZlib
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import Serving

@Suite("Compression of answers")
struct CompressionTests {
  private static let gzip: HTTPFields = [.acceptEncoding: "br;q=1.0, gzip;q=0.8"]

  /// What a reader unpacks.
  private func unpacked(_ body: ByteBuffer) throws -> [UInt8] {
    var stream = z_stream()
    try #require(inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK)
    defer { inflateEnd(&stream) }
    var packed = Array(body.readableBytesView)
    var plain = [UInt8](repeating: 0, count: 1 << 22)
    let status = packed.withUnsafeMutableBufferPointer { source in
      plain.withUnsafeMutableBufferPointer { target in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(source.count)
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(target.count)
        return inflate(&stream, Z_FINISH)
      }
    }
    try #require(status == Z_STREAM_END)
    return Array(plain.prefix(Int(stream.total_out)))
  }

  @Test("A reader who takes gzip gets the same figures in fewer bytes, under the same validator")
  func packs() async throws {
    let server = try TestServer.shared()
    let plain = try await server.get("/api/v1/now")
    let packed = try await server.get("/api/v1/now", headers: Self.gzip)
    #expect(plain.headers[.contentEncoding] == nil)
    #expect(packed.headers[.contentEncoding] == "gzip")
    #expect(packed.body.readableBytes * 2 < plain.body.readableBytes)
    #expect(packed.headers[.contentLength] == String(packed.body.readableBytes))
    let found = try JSON.read(String(decoding: unpacked(packed.body), as: UTF8.self))
    let wanted = try JSON.read(plain.body)
    #expect(found["departments"] == wanted["departments"])
    #expect(found["totals"] == wanted["totals"])
    #expect(plain.headers[.eTag] != nil && plain.headers[.eTag] == packed.headers[.eTag])
    for answer in [plain, packed] { #expect(answer.headers[.vary] == "Accept, Accept-Encoding") }
  }

  @Test("The validator holds for either coding")
  func validator() async throws {
    let server = try TestServer.shared()
    let tag = try #require(try await server.get("/api/v1/census", headers: Self.gzip).headers[.eTag])
    for var headers in [Self.gzip, HTTPFields()] {
      headers[.ifNoneMatch] = tag
      let answer = try await server.get("/api/v1/census", headers: headers)
      #expect(answer.status == .notModified)
      #expect(answer.headers[.vary] == "Accept, Accept-Encoding")
      #expect(answer.headers[.contentEncoding] == nil)
    }
  }

  @Test("CSV is packed too")
  func csv() async throws {
    let packed = try await TestServer.shared().get("/api/v1/census?format=csv&period=7d", headers: Self.gzip)
    #expect(packed.headers[.contentEncoding] == "gzip")
    #expect(try unpacked(packed.body).starts(with: Array("hour_at,".utf8)))
  }

  @Test("Files are packed, the second time as the first", arguments: ["/openapi.yaml"])
  func files(_ address: String) async throws {
    let document = Project.root + "/docs/api/openapi.yaml"
    let server = try TestServer(change: { $0.openAPIDocument = document })
    try await server.test { client in
      for _ in 0..<2 {
        let packed = try await client.execute(uri: address, method: .get, headers: Self.gzip)
        #expect(packed.headers[.contentEncoding] == "gzip")
        #expect(try unpacked(packed.body) == Array(Data(contentsOf: URL(fileURLWithPath: document))))
      }
    }
  }

  @Test(
    "What is small, or wanted by nobody in gzip, goes as it is",
    arguments: [
      ("/metrics", "gzip"), ("/api/v1/now", "identity"), ("/api/v1/now", "gzip;q=0"), ("/api/v1/now", "*;q=0, br"), ("/api/v1/now", ""),
    ])
  func plain(_ address: String, _ accept: String) async throws {
    let answer = try await TestServer.shared().get(address, headers: [.acceptEncoding: accept])
    #expect(answer.status == .ok)
    #expect(answer.headers[.contentEncoding] == nil)
  }

  @Test("The live stream is never packed")
  func stream() async throws {
    let text = try await TestServer().test(.live) { client in
      try await RawHTTP.exchange(
        port: try #require(client.port), "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n"
      ) { !$0.contains("event: live") }
    }
    #expect(!text.lowercased().contains("content-encoding"))
    #expect(text.contains("retry: 2000"))
  }

  @Test(
    "Accept-Encoding is read as HTTP says",
    arguments: [
      ("gzip", true), ("GZIP", true), ("deflate, gzip;q=0.1", true), ("*", true), ("gzip; q=0.0", false), ("*, gzip;q=0", false), ("x-gzip2", false),
      (nil, false),
    ])
  func acceptEncoding(_ header: String?, _ isTaken: Bool) {
    #expect(CompressionMiddleware.takesGzip(header) == isTaken)
  }
}
