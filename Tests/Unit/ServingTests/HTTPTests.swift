import DuckDB
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Testing

@testable import Serving

@Suite("How the server speaks HTTP")
struct HTTPTests {
  @Test(
    "A wrong parameter is a problem that names it",
    arguments: [
      ("/api/v1/now?hospital=one", "hospital"), ("/api/v1/now?hospital=99", "hospital"), ("/api/v1/now?department=Radiology", "department"),
      ("/api/v1/now?period=7d", "period"), ("/api/v1/census?period=1y", "period"), ("/api/v1/census?period=7d&from=2026-03-01T00:00:00Z", "period"),
      ("/api/v1/census?to=2026-03-01T00:00:00Z", "to"), ("/api/v1/census?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", "to"),
      ("/api/v1/census?from=yesterday", "from"), ("/api/v1/census?from=2026-02-30T00:00:00Z", "from"),
      ("/api/v1/census?from=2026-03-02T00:00:00", "from"),
      ("/api/v1/census?from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", "from"), ("/api/v1/arrivals?gender=f", "gender"),
      ("/api/v1/arrivals?age_band=90", "age_band"), ("/api/v1/flow?table=rows", "table"), ("/api/v1/flow?format=xml", "format"),
      ("/api/v1/flow?hospital=1&hospital=2", "hospital"), ("/api/v1/dimensions?x=1", "x"), ("/api/v1/department?department=ICU", "hospital"),
    ])
  func wrongParameter(_ address: String, _ parameter: String) async throws {
    let response = try await TestServer.shared().get(address)
    #expect(response.status == .badRequest)
    #expect(response.headers[.contentType] == "application/problem+json")
    let problem = try JSON.read(response.body)
    #expect(problem["parameter"] == .string(parameter))
    #expect(problem["status"] == 400)
    #expect(problem["instance"].text?.contains("?") == false)
    #expect(try SchemaCheck().faults(problem, schema: "Problem") == [])
  }

  @Test("What is not there is a problem too, and so is a department that does not exist")
  func notFound() async throws {
    let server = try TestServer()
    for address in ["/api/v1/nothing", "/nothing", "/assets/nothing.js", "/api/v1/department?hospital=2&department=Emergency"] {
      let response = try await server.get(address)
      #expect(response.status == .notFound, "\(address)")
      #expect(response.headers[.contentType] == "application/problem+json")
    }
  }

  @Test("Percent signs that encode nothing are refused, and encoded names are understood")
  func encoding() async throws {
    #expect(try await TestServer.shared().get("/api/v1/now?department=%ZZ").status == .badRequest)
    #expect(try await TestServer.shared().get("/api/v1/now?department=%FF").status == .badRequest)
    #expect(try await TestServer.shared().get("/api/v1/now?department=%49CU").status == .ok)
    #expect(try await TestServer.shared().get("/api/v1/census?from=2026-03-02T00:00:00+01:00").status == .ok)
  }

  @Test("Every answer carries the strict content policy and says that the store is simulated")
  func securityHeaders() async throws {
    let server = try TestServer()
    for address in ["/api/v1/now", "/healthz", "/nothing", "/api/v1/now?x=1"] {
      let headers = try await server.get(address).headers
      let policy = try #require(headers[.contentSecurityPolicy])
      for part in [
        "default-src 'self'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'",
        "form-action 'none'",
      ] {
        #expect(policy.contains(part))
      }
      #expect(!policy.contains("unsafe"))
      #expect(headers[.xContentTypeOptions] == "nosniff")
      #expect(HTTPField.Name("Referrer-Policy").flatMap { headers[$0] } == "no-referrer")
      #expect(HTTPField.Name("X-Patient-Flow-Simulated").flatMap { headers[$0] } == "true")
    }
  }

  @Test("An answer that the reader has already is not sent again until a commit changes it")
  func entityTags() async throws {
    let server = try TestServer()
    let first = try await server.get("/api/v1/flow?hospital=1")
    let tag = try #require(first.headers[.eTag])
    #expect(tag.hasPrefix("W/\""))
    let again = try await server.get("/api/v1/flow?hospital=1", headers: [.ifNoneMatch: tag])
    #expect(again.status == .notModified)
    #expect(again.body.readableBytes == 0)
    #expect(try await server.get("/api/v1/flow?hospital=2", headers: [.ifNoneMatch: tag]).status == .ok)
    #expect(try await server.get("/api/v1/flow?hospital=1&format=csv", headers: [.ifNoneMatch: tag]).status == .ok)
    try server.fixture.connection.execute("update gold.clock set batch = 43, committed_at = '2026-03-02 14:30:02'")
    #expect(try await server.get("/api/v1/flow?hospital=1", headers: [.ifNoneMatch: tag]).status == .ok)
  }

  @Test("CSV has a header row, quotes what needs it and gives the table that is asked for")
  func csv() async throws {
    let server = try TestServer()
    let rows = try await server.get("/api/v1/flow?hospital=1&period=24h&format=csv&table=movements")
    #expect(rows.headers[.contentType]?.hasPrefix("text/csv") == true)
    #expect(String(buffer: rows.body) == "from_department,to_department,transfers\r\nEmergency,ICU,1\r\n")
    let first = try await server.get("/api/v1/department?hospital=1&department=ICU", headers: [.accept: "text/csv"])
    #expect(String(buffer: first.body).hasPrefix("at,census\r\n2026-02-28T14:30:00Z,1\r\n"))
    let unknown = try await server.get("/api/v1/now?format=csv", headers: [.accept: "application/json"])
    #expect(String(buffer: unknown.body).contains("2,unmapped,,false,1,0,0,0,1,,"))
  }

  @Test("A cell that a spreadsheet would run is made harmless, numbers stay numbers")
  func csvFormulas() {
    let bytes = CSVWriter.bytes(
      columns: ["name"], rows: [[.text("=HYPERLINK(\"x\")")], [.text("a,\"b\"")], [.integer(-3)], [.null], [.text("line\nend")]])
    #expect(String(decoding: bytes, as: UTF8.self) == "name\r\n\"'=HYPERLINK(\"\"x\"\")\"\r\n\"a,\"\"b\"\"\"\r\n-3\r\n\r\n\"line\nend\"\r\n")
  }

  @Test("A name that someone else's DNS points at this machine is not answered")
  func hostGuard() async throws {
    let server = try TestServer()
    let status = try await server.test(.live) { client in
      let port = try #require(client.port)
      var statuses: [Int] = []
      for host in ["evil.example", "localhost:\(port)", "127.0.0.1"] {
        statuses.append(try await RawHTTP.status(port: port, "GET /healthz HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n"))
      }
      return statuses
    }
    #expect(status == [421, 200, 200])
  }

  @Test("A page of another site cannot send anything")
  func originGuard() async throws {
    let server = try TestServer(addRoutes: { router in router.post(":hub/messages") { _, _ in HTTPResponse.Status.created } })
    let statuses = try await server.test { client in
      [
        try await client.execute(uri: "/patient-flow/messages", method: .post, headers: [.origin: "https://evil.example"]).status,
        try await client.execute(uri: "/patient-flow/messages", method: .post, headers: [.origin: "http://localhost"]).status,
        try await client.execute(uri: "/patient-flow/messages", method: .post).status,
      ]
    }
    #expect(statuses == [.forbidden, .created, .created])
  }

  @Test("With tokens configured nobody reads without one; health stays open, Basic works for browsers")
  func authentication() async throws {
    let server = try TestServer(change: { $0.tokens.append(AccessToken(secret: Secret("reader"), rights: .read)) })
    let without = try await server.get("/api/v1/now")
    #expect(without.status == .unauthorized)
    #expect(without.headers[.wwwAuthenticate]?.contains("Basic") == true)
    for address in ["/", "/metrics", "/api/v1/events", "/assets/app.js", "/openapi.yaml"] {
      #expect(try await server.get(address).status == .unauthorized, "\(address)")
    }
    #expect(try await server.get("/healthz").status == .ok)
    #expect(try await server.get("/api/v1/now", headers: [.authorization: "Bearer reader"]).status == .ok)
    #expect(try await server.get("/api/v1/now", headers: [.authorization: "Bearer readers"]).status == .unauthorized)
    #expect(try await server.get("/api/v1/now", headers: [.authorization: "Basic " + Data("any:reader".utf8).base64EncodedString()]).status == .ok)
    #expect(
      try await server.get("/api/v1/now", headers: [.authorization: "Bearer " + TestServer.token]).status == .unauthorized,
      "SQL alone is no right to read")
  }

  @Test(
    "Another address than loopback is refused without authentication, with the reason",
    arguments: ["0.0.0.0", "::", "10.0.0.1", "hospital.example", "127.0.0.1.evil.example"])
  func refusesOpenAddress(_ host: String) throws {
    let error = #expect(throws: ServingError.self) { try TestServer(change: { $0.host = host }) }
    #expect(error == .authenticationMissing(host: host))
    #expect(error?.description.contains("token") == true)
    #expect(throws: ServingError.self) {
      try TestServer(change: {
        $0.host = host; $0.tokens = [AccessToken(secret: Secret(""), rights: .read)]
      })
    }
    _ = try TestServer(change: {
      $0.host = host; $0.tokens = [AccessToken(secret: Secret("x"), rights: .read)]
    })
  }

  @Test("Readiness says what is missing, and health is independent of it")
  func readiness() async throws {
    let status = StubStatus(
      readiness: Readiness(checks: [.init(name: "store", isOK: true), .init(name: "history", isOK: false, detail: "Loading, 40 %.")]))
    let server = try TestServer(status: status)
    let ready = try await server.get("/readyz")
    #expect(ready.status == .serviceUnavailable)
    #expect(try JSON.read(ready.body)["checks"][1]["detail"] == "Loading, 40 %.")
    #expect(try await server.get("/healthz").status == .ok)
    let usual = try await TestServer().get("/readyz")
    #expect(usual.status == .ok)
    #expect(try JSON.read(usual.body)["status"] == "ready")
    #expect(String(buffer: try await server.get("/metrics").body) == "patientflow_test_total 1\n")
  }

  @Test("No query and no path stands in a log, at any level")
  func logs() async throws {
    let lines = LogLines()
    var logger = Logger(label: "test") { _ in lines }
    logger.logLevel = .trace
    let server = try TestServer(logger: logger)
    _ = try await server.get("/api/v1/now?department=SECRET-4711")
    _ = try await server.get("/SECRET-4711")
    _ = try await server.sql("select 'SECRET-4711' from bronze.event")
    _ = try await server.sql("selec 'SECRET-4711'")
    let text = lines.text
    #expect(text.contains("Request answered."))
    #expect(!text.contains("SECRET"))
  }

  @Test("An inner failure shows nothing of itself")
  func innerFailure() async throws {
    let server = try TestServer(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    try server.fixture.connection.execute("drop table gold.fact_flow_hourly")
    let response = try await server.get("/api/v1/flow")
    #expect(response.status == .internalServerError)
    #expect(!String(buffer: response.body).contains("fact_flow_hourly"))
  }

  @Test("Many readers at once cost one question, and a failed one is asked again")
  func singleFlight() async throws {
    let cache = AnswerCache(capacity: 2)
    let asked = Counted()
    let key = AnswerCache.Key(endpoint: "now", filter: Filter())
    let envelope = Envelope(clock: StoreClock(now: nil, isSimulated: false, batch: 1, committedAt: nil), speed: 1, timeZone: "UTC")
    @Sendable func make() async throws -> Answer {
      await asked.count()
      try await Task.sleep(for: .milliseconds(50))
      return Answer(envelope: envelope, span: nil, filter: Filter(), endpoint: .dimensions, parts: [])
    }
    await withTaskGroup { group in
      for _ in 0..<50 { group.addTask { _ = try? await cache.answer(key, isCurrent: { _ in true }, make: make) } }
    }
    #expect(await asked.number == 1)
    _ = try await cache.answer(key, isCurrent: { _ in false }, make: make)
    #expect(await asked.number == 2)
    struct Failure: Error {}
    let other = AnswerCache.Key(endpoint: "flow", filter: Filter())
    await #expect(throws: Failure.self) { try await cache.answer(other, isCurrent: { _ in true }, make: { throw Failure() }) }
    _ = try await cache.answer(other, isCurrent: { _ in true }, make: make)
    #expect(await asked.number == 3)
  }
}

actor Counted {
  private(set) var number = 0
  func count() { number += 1 }
}
