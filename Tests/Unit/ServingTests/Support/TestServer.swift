import DuckDB
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore

@testable import Serving

/// The server over a fixture, ready to be asked.
struct TestServer {
  let fixture: GoldFixture
  let feed = CommitFeed()
  let service: ServingService
  let configuration: ServingConfiguration
  let dependencies: ServingDependencies

  /// Says what no test expects.
  static var logger: Logger {
    var logger = Logger(label: "test", factory: { StreamLogHandler.standardError(label: $0, metadataProvider: nil) })
    logger.logLevel = .error
    return logger
  }

  /// One server for all tests that only read: making a store takes longer than asking it.
  static func shared() throws -> TestServer { try known.get() }
  private static let known = Result { try TestServer() }

  static let token = "operator-token"
  static let restrictedToken = "auditor-token"
  static let rules = [
    QualityRule(id: "malformed_json", severity: .quarantine, reason: "Not a JSON object"),
    QualityRule(id: "invalid_utf8", severity: .quarantine, reason: "The bytes are not UTF-8"),
    QualityRule(id: "unknown_department", severity: .repair, reason: "A department nobody announced"),
    QualityRule(id: "bed_conflict", severity: .set, reason: "Two patients held one bed"),
  ]

  init(
    isEmpty: Bool = false, status: StubStatus = StubStatus(), logger: Logger = TestServer.logger,
    addRoutes: @escaping @Sendable (any RouterMethods<ServingContext>) -> Void = { _ in }, change: (inout ServingConfiguration) -> Void = { _ in }
  ) throws {
    fixture = try GoldFixture(isEmpty: isEmpty)
    var configuration = ServingConfiguration()
    configuration.port = 0
    configuration.rules = Self.rules
    configuration.isSimulated = true
    configuration.speed = 60
    configuration.tokens = [
      AccessToken(secret: Secret(Self.token), rights: .sql), AccessToken(secret: Secret(Self.restrictedToken), rights: [.sql, .restricted]),
    ]
    change(&configuration)
    self.configuration = configuration
    dependencies = ServingDependencies(
      pool: try ConnectionPool(database: fixture.database, size: 2, label: "test.read"),
      sqlPool: try ConnectionPool(database: fixture.database, size: 1, label: "test.sql"), feed: feed, provider: status,
      metrics: { "patientflow_test_total 1\n" }, addRoutes: addRoutes,
      replay: { choice in
        // Tells what was asked for: one record by position, two by rule, three in all.
        let count = choice.offset != nil ? 1 : choice.rule != nil ? 2 : 3
        return QuarantineOutcome(judged: count, accepted: count, stillQuarantined: 0, gone: 0)
      })
    service = try ServingService(configuration: configuration, dependencies: dependencies, logger: logger)
  }

  func test<Value>(_ setup: TestingSetup = .router, _ body: @Sendable (any TestClientProtocol) async throws -> Value) async throws -> Value {
    try await service.application(port: 0).test(setup, body)
  }

  /// One request, its answer.
  func get(_ uri: String, headers: HTTPFields = [:]) async throws -> TestResponse {
    try await test { try await $0.execute(uri: uri, method: .get, headers: headers) }
  }

  func json(_ uri: String) async throws -> JSON {
    let response = try await get(uri)
    return try JSON.read(response.body)
  }

  func replay(_ body: String, token: String? = TestServer.restrictedToken, type: String = "application/json") async throws -> TestResponse {
    var headers: HTTPFields = [.contentType: type]
    if let token { headers[.authorization] = "Bearer \(token)" }
    return try await test { [headers] in
      try await $0.execute(uri: "/api/v1/quarantine/replay", method: .post, headers: headers, body: ByteBuffer(string: body))
    }
  }

  func sql(_ statement: String, token: String? = TestServer.token, maxRows: Int? = nil) async throws -> TestResponse {
    try await test { try await Self.sql(statement, token: token, maxRows: maxRows, client: $0) }
  }

  static func sql(
    _ statement: String, token: String? = TestServer.token, maxRows: Int? = nil, client: any TestClientProtocol
  ) async throws -> TestResponse {
    var headers: HTTPFields = [.contentType: "application/json"]
    if let token { headers[.authorization] = "Bearer \(token)" }
    struct Body: Encodable {
      let sql: String
      let max_rows: Int?
    }
    let body = try JSONEncoder().encode(Body(sql: statement, max_rows: maxRows))
    return try await client.execute(uri: "/api/v1/sql", method: .post, headers: headers, body: ByteBuffer(bytes: body))
  }
}
