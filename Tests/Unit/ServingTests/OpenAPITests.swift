import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Intake
import NIOCore
import Testing
import Yams

@testable import Serving

@Suite("The OpenAPI document and the server agree")
struct OpenAPITests {
  /// The endpoints with an address that answers, and the schema of their answer.
  static let answers = [
    ("now", "/api/v1/now", "Now"), ("census", "/api/v1/census", "Census"),
    ("department", "/api/v1/department?hospital=1&department=ICU", "Department"),
    ("arrivals", "/api/v1/arrivals", "Arrivals"), ("flow", "/api/v1/flow", "Flow"), ("length-of-stay", "/api/v1/length-of-stay", "LengthOfStay"),
    ("overstays", "/api/v1/overstays", "Overstays"), ("turnover", "/api/v1/turnover", "Turnover"),
    ("demographics", "/api/v1/demographics", "Demographics"),
    ("quality", "/api/v1/quality", "Quality"), ("pipeline", "/api/v1/pipeline", "Pipeline"), ("definitions", "/api/v1/definitions", "Definitions"),
    ("dimensions", "/api/v1/dimensions", "Dimensions"),
  ]

  @Test("Every answer has the shape that the document gives it", arguments: answers)
  func shape(_ name: String, _ address: String, _ schema: String) async throws {
    let answer = try await TestServer.shared().json(address)
    #expect(try SchemaCheck().faults(answer, schema: schema) == [])
  }

  @Test("Before the first event every answer has that shape too, with status 200", arguments: answers.filter { $0.0 != "department" })
  func emptyShape(_ name: String, _ address: String, _ schema: String) async throws {
    let server = try TestServer(isEmpty: true)
    let response = try await server.get(address)
    #expect(response.status == .ok)
    #expect(try SchemaCheck().faults(JSON.read(response.body), schema: schema) == [])
  }

  /// What is served for browsers and is no API: the page and what it is made of.
  static let page: Set = ["GET /", "GET /assets/**", "GET /vendor/echarts.min.js", "GET /favicon.ico"]

  /// Every route of the server, the hub's front included, as `GET /path/{parameter}`; HEAD comes with GET.
  private func served() throws -> Set<String> {
    let server = try TestServer(addRoutes: { routes in
      HubRoutes(configuration: IntakeConfiguration(access: .open) { _ in [] }, appender: NoHub()).add(to: routes)
    })
    let router = ServingRouter(configuration: server.configuration, dependencies: server.dependencies, logger: TestServer.logger).router()
    return Set(
      router.routes.filter { $0.method != .head }.map { route in
        let parts = "\(route.path)".split(separator: "/").map { $0.hasPrefix(":") ? "{\($0.dropFirst())}" : String($0) }
        return "\(route.method) /\(parts.joined(separator: "/"))"
      })
  }

  private struct NoHub: EventAppender {
    func append(_ events: [IncomingEvent]) async throws {}
  }

  /// Every operation of the document, likewise.
  private func documented() throws -> Set<String> {
    let paths = try SchemaCheck().document["paths"]?.mapping ?? [:]
    var operations: Set<String> = []
    for (path, item) in paths {
      for method in ["get", "put", "post", "delete", "patch"] where item[method] != nil {
        operations.insert("\(method.uppercased()) \(path.string ?? "")")
      }
    }
    return operations
  }

  @Test("Every route of the server is in the document")
  func everyRouteIsDocumented() throws {
    let served = try served()
    #expect(served.isSuperset(of: Self.page))
    #expect(served.subtracting(Self.page).subtracting(try documented()) == [])
  }

  @Test("Every operation of the document is a route of the server")
  func everyOperationIsServed() throws {
    let documented = try documented()
    #expect(documented.contains("POST /api/v1/sql"))
    #expect(documented.subtracting(try served()) == [])
  }

  @Test("The document gives each endpoint exactly its parameters and tables")
  func parameters() throws {
    let document = try SchemaCheck().document
    for endpoint in Endpoint.all {
      let given = document["paths"]?[endpoint.path]?["get"]?["parameters"]?.array() ?? []
      let names = given.compactMap { $0["name"]?.string ?? $0["$ref"]?.string.flatMap { $0.split(separator: "/").last.map(String.init) } }
      #expect(Set(names) == Set(endpoint.parameters.map(\.rawValue)), "\(endpoint.name)")
      let tables = given.first { $0["name"]?.string == "table" }?["schema"]?["enum"]?.array().compactMap(\.string)
      if let tables { #expect(tables == endpoint.tables, "\(endpoint.name)") }
    }
  }

  @Test("What SQL and replay answer has the shape that the document gives it")
  func posts() async throws {
    let server = try TestServer.shared()
    let rows = try await server.sql("select 1 as one, timestamp '2026-01-01' as at")
    #expect(try SchemaCheck().faults(JSON.read(rows.body), schema: "SQLAnswer") == [])
    let replay = try await server.replay("{\"rule\": \"unknown_hospital\"}")
    #expect(replay.status == .ok)
    #expect(try SchemaCheck().faults(JSON.read(replay.body), schema: "Replay") == [])
    let ready = try await server.get("/readyz")
    #expect(try SchemaCheck().faults(JSON.read(ready.body), schema: "Readiness") == [])
  }

  @Test("Every path of the document is answered", arguments: answers)
  func isServed(_ name: String, _ address: String, _ schema: String) async throws {
    let response = try await TestServer.shared().get(address)
    #expect(response.status == .ok)
    #expect(response.headers[.contentType] == "application/json")
  }
}
