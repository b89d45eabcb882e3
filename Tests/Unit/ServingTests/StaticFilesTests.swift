import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import Serving

@Suite("The dashboard's files")
struct StaticFilesTests {
  /// A folder with a page, a script, a hidden file, a link that leads out, and a secret beside it.
  private func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("serving-\(UUID().uuidString)").path
    let files = FileManager.default
    defer { try? files.removeItem(atPath: root) }
    try files.createDirectory(atPath: root + "/dashboard/assets/places", withIntermediateDirectories: true)
    for (path, text) in [
      ("secret.txt", "SECRET"), ("dashboard/secret.js", "SECRET"), ("dashboard/index.html", "<!doctype html>"),
      ("dashboard/assets/app.js", "export {}"),
      ("dashboard/assets/places/now.js", "export {}"), ("dashboard/assets/.hidden.js", "SECRET"), ("echarts.min.js", "var echarts"),
      ("openapi.yaml", "openapi: 3.1.0"),
    ] { try text.write(toFile: root + "/" + path, atomically: true, encoding: .utf8) }
    try files.createSymbolicLink(atPath: root + "/dashboard/assets/link.js", withDestinationPath: root + "/secret.txt")
    return try await body(root)
  }

  private func server(_ root: String) throws -> TestServer {
    try TestServer(change: {
      $0.dashboardDirectory = root + "/dashboard"
      $0.chartLibrary = root + "/echarts.min.js"
      $0.openAPIDocument = root + "/openapi.yaml"
    })
  }

  @Test("Page, scripts, charts and the OpenAPI document come with their types and a validator")
  func served() async throws {
    try await withFolder { root in
      let server = try server(root)
      for (address, type) in [
        ("/", "text/html; charset=utf-8"), ("/assets/app.js", "text/javascript; charset=utf-8"),
        ("/assets/places/now.js", "text/javascript; charset=utf-8"),
        ("/vendor/echarts.min.js", "text/javascript; charset=utf-8"), ("/openapi.yaml", "application/yaml"),
      ] {
        let response = try await server.get(address)
        #expect(response.status == .ok, "\(address)")
        #expect(response.headers[.contentType] == type)
        let tag = try #require(response.headers[.eTag])
        #expect(try await server.get(address, headers: [.ifNoneMatch: tag]).status == .notModified)
      }
    }
  }

  @Test(
    "No spelling leads out of the folder",
    arguments: [
      "/assets/../secret.js", "/assets/../../secret.txt", "/assets/%2e%2e/secret.js", "/assets/..%2fsecret.js",
      "/assets/%2e%2e%2f%2e%2e%2fsecret.txt",
      "/assets/..%5csecret.js", "/assets//etc/passwd", "/assets/./app.js/../../secret.js", "/../secret.txt", "/secret.js", "/assets/link.js",
      "/assets/.hidden.js",
      "/assets/app.js%00.html", "/assets/", "/assets/places", "/vendor/../secret.js", "/vendor/other.js",
    ])
  func traversal(_ address: String) async throws {
    try await withFolder { root in
      let response = try await server(root).get(address)
      #expect(response.status == .notFound || response.status == .badRequest, "\(address)")
      #expect(!String(buffer: response.body).contains("SECRET"))
    }
  }

  @Test("Without a dashboard the server still serves the API")
  func absent() async throws {
    let server = try TestServer()
    #expect(try await server.get("/").status == .notFound)
    #expect(try await server.get("/api/v1/now").status == .ok)
  }
}
