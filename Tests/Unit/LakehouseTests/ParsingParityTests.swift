import DuckDB
import Foundation
import Lakehouse
import Testing

/// The parser in Swift and the generated SQL, held to identical rows.
///
/// No class of records is left out on DuckDB. On Spark (Tests/Models/parse_parity.py) one is: a record with a member
/// name longer than Jackson's limit of 50,000 characters is malformed there and well-formed here.
@Suite struct ParsingParityTests {
  @Test func `the Swift parser and the DuckDB statement give identical rows`() throws {
    let bodies = ParsingBodies.all
    let connection = try ParsingSupport.connection(bodies)
    try ParsingSupport.parse(bodies, on: connection)
    try ParsingSupport.state(on: connection)
    var total: Int64 = 0
    for table in ParsingSupport.tables {
      for (one, other) in [("parsed", "stated"), ("stated", "parsed")] {
        let rows = try connection.query("select * from \(one)_\(table) except all select * from \(other)_\(table) order by hub_offset limit 5").rows
        for row in rows {
          let body = row[1].int64.map { String(decoding: bodies[Int($0)].prefix(300), as: UTF8.self) } ?? ""
          Issue.record("only in \(one)_\(table): \(row) of \(body)")
        }
      }
      total += try connection.query("select count(*) from parsed_\(table)").scalar.int64 ?? 0
    }
    #expect(total == Int64(bodies.count))
  }

  @Test func `statements over records told once give the same rows`() throws {
    let bodies = ParsingBodies.byHand + ParsingBodies.values
    let connection = try ParsingSupport.connection(bodies)
    try ParsingSupport.parse(bodies, on: connection)
    try connection.execute("create temp table record as " + ParseStatement(schemas: ParsingSupport.schemas()).recordsSQL(from: "event"))
    try ParsingSupport.state(on: connection, from: .records("record"))
    for table in ParsingSupport.tables {
      #expect(try connection.query("from parsed_\(table) except all from stated_\(table)").rows.isEmpty)
      #expect(try connection.query("from stated_\(table) except all from parsed_\(table)").rows.isEmpty)
    }
  }

  @Test func `the bodies reach every table and every outcome`() throws {
    let bodies = ParsingBodies.all
    let connection = try ParsingSupport.connection(bodies)
    try ParsingSupport.parse(bodies, on: connection)
    for table in ["stay", "movement", "department"] {
      #expect(try connection.query("select count(*) from parsed_\(table) where wrong is null").scalar.int64 ?? 0 > 100)
      #expect(try connection.query("select count(*) from parsed_\(table) where wrong is not null").scalar.int64 ?? 0 > 50)
      #expect(try connection.query("select count(*) from parsed_\(table) where unknown is not null").scalar.int64 ?? 0 > 20)
    }
    for rule in ["invalid_utf8", "malformed_json", "too_large", "unknown_type"] {
      #expect(try connection.query("select count(*) from parsed_rejected where rule = ?", [.text(rule)]).scalar.int64 ?? 0 > 0)
    }
  }

  @Test func `the statements and bodies committed for the other engine are what is generated`() throws {
    let statement = try ParseStatement(schemas: ParsingSupport.schemas())
    var files: [String: String] = [:]
    for engine in ParseStatement.Engine.allCases {
      var sections = [("prelude", try ParsingSupport.modelMacro("pf_key", engine))]
      sections.append(("prelude", ParseStatement.pseudonymMacro(engine, key: ParsingSupport.key)))
      sections += statement.macros(engine).map { ("prelude", $0) }
      for shape in EventShape.allCases { sections.append((shape.rawValue, statement.sql(for: shape, from: .events("event")) ?? "")) }
      sections.append(("rejected", statement.rejectedSQL(from: .events("event"))))
      files["\(engine.rawValue).sql"] = sections.map { name, sql in
        "-- section: \(name)\n\(sql.trimmingCharacters(in: .whitespacesAndNewlines))\n"
      }.joined()
    }
    let bodies = ParsingBodies.byHand + ParsingBodies.values + ParsingBodies.mutated(count: 600, seed: 7)
    files["bodies.jsonl"] = bodies.map { "{\"body\":\"\(Data($0).base64EncodedString())\"}\n" }.joined()
    let folder = ParsingSupport.root.appendingPathComponent("Tests/Models/parse")
    for (name, text) in files {
      let file = folder.appendingPathComponent(name)
      if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
      }
      let isSame = try Data(contentsOf: file) == Data(text.utf8)
      #expect(isSame, "Tests/Models/parse/\(name) is not what is generated now; run this test with UPDATE_GOLDEN=1 and look at the difference")
    }
  }

  @Test func `a field name that would need quoting is refused`() throws {
    let schema = try EventSchema(shape: .stay, fields: [EventField(name: "a'b", kind: .text, column: "a")])
    #expect(throws: LakehouseError.self) { try ParseStatement(schemas: [schema]) }
  }
}
