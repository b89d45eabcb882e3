import HTTPTypes
import HummingbirdTesting
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

  @Test("The document names exactly the endpoints there are, with exactly their parameters and tables")
  func parameters() throws {
    let document = try SchemaCheck().document
    let paths = document["paths"]?.mapping ?? [:]
    let documented = Set(paths.keys.compactMap(\.string).filter { $0.hasPrefix("/api/v1/") })
    let served = Set(Endpoint.all.map(\.path) + ["/api/v1/events"])
    #expect(documented.subtracting(["/api/v1/sql"]) == served)
    for endpoint in Endpoint.all {
      let given = document["paths"]?[endpoint.path]?["get"]?["parameters"]?.array() ?? []
      let names = given.compactMap { $0["name"]?.string ?? $0["$ref"]?.string.flatMap { $0.split(separator: "/").last.map(String.init) } }
      #expect(Set(names) == Set(endpoint.parameters.map(\.rawValue)), "\(endpoint.name)")
      let tables = given.first { $0["name"]?.string == "table" }?["schema"]?["enum"]?.array().compactMap(\.string)
      if let tables { #expect(tables == endpoint.tables, "\(endpoint.name)") }
    }
  }

  @Test("Every path of the document is answered", arguments: answers)
  func isServed(_ name: String, _ address: String, _ schema: String) async throws {
    let response = try await TestServer.shared().get(address)
    #expect(response.status == .ok)
    #expect(response.headers[.contentType] == "application/json")
  }
}
