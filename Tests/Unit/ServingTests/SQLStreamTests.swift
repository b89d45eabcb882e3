import DuckDB
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Synchronization
import Testing

@testable import Serving

@Suite("Answers of SQL of any length")
struct SQLStreamTests {
  private func ask(
    _ statement: String, accept: String, maxRows: Int? = nil, more: HTTPFields = [:], server: TestServer? = nil, setup: TestingSetup = .router
  ) async throws -> TestResponse {
    struct Body: Encodable {
      let sql: String
      let max_rows: Int?
    }
    let body = try JSONEncoder().encode(Body(sql: statement, max_rows: maxRows))
    var headers = more
    headers[.contentType] = "application/json"
    headers[.accept] = accept
    headers[.authorization] = "Bearer \(TestServer.token)"
    return try await (server ?? TestServer.shared()).test(setup) { [headers] in
      try await $0.execute(uri: "/api/v1/sql", method: .post, headers: headers, body: ByteBuffer(bytes: body))
    }
  }

  @Test("All rows come, however many a JSON answer would hold, in the order asked for")
  func allRows() async throws {
    let server = try TestServer(change: { $0.sqlRowLimit = 10 })
    let csv = try await ask("select range as a, 'x,' || range as b from range(30000) order by a desc", accept: "text/csv", server: server)
    #expect(csv.status == .ok)
    #expect(csv.headers[.contentType]?.hasPrefix("text/csv") == true)
    let lines = String(buffer: csv.body).split(separator: "\n")
    #expect(lines.count == 30_001)
    #expect(lines.first == "a,b")
    #expect(lines.dropFirst().first == "29999,\"x,29999\"")
    #expect(lines.last == "0,\"x,0\"")
    let rows = try await ask("select range as a from range(30000)", accept: "application/x-ndjson", server: server)
    #expect(rows.headers[.contentType] == "application/x-ndjson")
    #expect(String(buffer: rows.body).split(separator: "\n").count == 30_000)
  }

  @Test("Values are those of the JSON answer; NULL is an empty cell")
  func values() async throws {
    let statement = """
      select null as n, true as b, 1.5::decimal(4, 2) as d, 0.25::double as f, timestamp '2026-03-02 14:30:00.5' as t, date '2026-03-02' as day,
        'a "b"' || chr(10) || 'c' as s, [1, 2] as l, {'k': 'v'} as o
      """
    let csv = try await ask(statement, accept: "text/csv")
    #expect(
      String(buffer: csv.body)
        == "n,b,d,f,t,day,s,l,o\n,true,1.50,0.25,2026-03-02T14:30:00.500000Z,2026-03-02,\"a \"\"b\"\"\nc\",\"[1,2]\",\"{\"\"k\"\":\"\"v\"\"}\"\n")
    let rows = try await ask(statement, accept: "application/x-ndjson")
    #expect(
      try JSON.read(rows.body)
        == .object([
          "n": .null, "b": true, "d": "1.50", "f": 0.25, "t": "2026-03-02T14:30:00.500000Z", "day": "2026-03-02", "s": "a \"b\"\nc",
          "l": .array([1, 2]), "o": .object(["k": "v"]),
        ]))
  }

  @Test("An answer without rows has its names, and one with a bound ends there")
  func bounds() async throws {
    #expect(String(buffer: try await ask("select 1 as a where false", accept: "text/csv").body) == "a\n")
    #expect(try await ask("select 1 as a where false", accept: "application/x-ndjson").body.readableBytes == 0)
    #expect(String(buffer: try await ask("select * from range(1000000000000)", accept: "text/csv", maxRows: 2).body) == "range\n0\n1\n")
    for statement in ["describe gold.dim_hospital", "show all tables", "explain select * from gold.dim_hospital", "explain analyze select 1"] {
      #expect(try await ask(statement, accept: "text/csv").status == .ok, "\(statement)")
    }
  }

  @Test("What is refused is refused as ever")
  func refused() async throws {
    for statement in ["delete from gold.clock", "from bronze.event", "from read_text('/etc/passwd')"] {
      let response = try await ask(statement, accept: "text/csv")
      #expect(response.status == .forbidden, "\(statement)")
      #expect(response.headers[.contentType] == "application/problem+json")
    }
    #expect(try await ask("select nothing from gold.clock", accept: "text/csv").status == .badRequest)
  }

  static let failing = "select case when range = 280000 then error('the bad row') else range end as a from range(300000)"

  @Test("Who takes trailers is told why an answer ends before its last row; for others the connection is cut")
  func failureInTheMiddle() async throws {
    let told = try await ask(Self.failing, accept: "text/csv", more: [.te: "trailers"], setup: .live)
    #expect(told.status == .ok)
    let name = try #require(SQLStream.failureTrailer)
    #expect(told.trailerHeaders?[name]?.contains("the bad row") == true)
    await #expect(throws: (any Error).self) { try await ask(Self.failing, accept: "text/csv", setup: .live) }
  }

  @Test("What takes too long is stopped in the middle, and the connection is as good as before")
  func timeLimit() async throws {
    let server = try TestServer(change: { $0.sqlTimeLimit = .milliseconds(300) })
    let response = try await ask("select * from range(100000000000)", accept: "text/csv", more: [.te: "trailers"], server: server, setup: .live)
    let name = try #require(SQLStream.failureTrailer)
    #expect(response.trailerHeaders?[name]?.contains("sql.time_limit") == true)
    #expect(try await ask("select 1 as a", accept: "text/csv", server: server).body == ByteBuffer(string: "a\n1\n"))
  }

  @Test("Without a server the same text is written, and what fails in the middle is an error")
  func shell() async throws {
    let fixture = try GoldFixture()
    let shell = SQLShell(pool: try ConnectionPool(database: fixture.database, size: 1, label: "test.shell"), configuration: ServingConfiguration())
    let text = Collected()
    try await shell.write("select hospital_id from dim_hospital order by 1", as: .csv, mayReadRestricted: false, maxRows: nil) { text.add($0) }
    #expect(text.text == "hospital_id\n1\n2\n")
    await #expect(throws: SQLShellError.self) {
      try await shell.write(Self.failing, as: .ndjson, mayReadRestricted: false, maxRows: nil) { _ in }
    }
  }

  private final class Collected: Sendable {
    private let bytes = Mutex<[UInt8]>([])
    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
    func add(_ more: [UInt8]) { bytes.withLock { $0 += more } }
  }
}
