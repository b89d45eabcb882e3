import DuckDB
import Foundation
import Lakehouse

/// What the parse tests share: the project's own schemas and a place to run both parsers over the same bodies.
enum ParsingSupport {
  static let root: URL = {
    var url = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    for _ in 0..<4 { url.deleteLastPathComponent() }
    return url
  }()

  /// A key for tests; nothing is protected by it.
  static let key = Array("the parse tests' own key, no secret".utf8)

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  static func schemas() throws -> [EventSchema] {
    try ["stay", "movement", "department"].map { try EventSchema(yaml: text("config/schemas/\($0).yml"), file: "\($0).yml") }
  }

  /// The statement of `models/macros/<engine>.sql` that makes a macro.
  static func modelMacro(_ name: String, _ engine: ParseStatement.Engine) throws -> String {
    let statements = try text("models/macros/\(engine.rawValue).sql").split(separator: ";")
    return statements.first { $0.contains(" \(name)(") }.map(String.init) ?? ""
  }

  /// A connection with the macros of the parse and a table `event` that holds `bodies`, by position.
  static func connection(_ bodies: [[UInt8]]) throws -> Connection {
    let connection = try Database(path: nil, configuration: ["threads": "2"]).connect()
    try connection.execute(modelMacro("pf_key", .duckDB))
    try connection.execute(ParseStatement.pseudonymMacro(.duckDB, key: key))
    for macro in try ParseStatement(schemas: schemas()).macros(.duckDB) { try connection.execute(macro) }
    try connection.execute("create temp table event (hub_partition integer, hub_offset bigint, enqueued_at timestamp, body blob)")
    let appender = try connection.appender(schema: nil, table: "event", types: [.integer, .bigint, .timestamp, .blob])
    for (index, body) in bodies.enumerated() {
      appender.setInteger(0, 3)
      appender.setBigint(1, Int64(index))
      appender.setBigint(2, enqueuedAt(index))
      body.withUnsafeBytes { appender.setBytes(3, $0) }
      try appender.endRow()
    }
    try appender.finish()
    return connection
  }

  static func enqueuedAt(_ index: Int) -> Int64 { 1_700_000_000_000_000 + Int64(index) * 1_000_003 }

  /// Fills `parsed_*` by the Swift parser.
  static func parse(_ bodies: [[UInt8]], on connection: Connection) throws {
    let schemas = try schemas()
    for schema in schemas { try connection.execute(ParsedWriter.createTable(schema)) }
    try connection.execute(ParsedWriter.createRejectedTable)
    let writer = try ParsedWriter(connection: connection, schemas: schemas, pseudonymizer: Pseudonymizer(key: key))
    for (index, body) in bodies.enumerated() {
      try body.withUnsafeBytes {
        try writer.append(partition: 3, offset: Int64(index), enqueuedAt: enqueuedAt(index), body: $0)
      }
    }
    try writer.finish()
  }

  /// Fills `stated_*` by the generated statements.
  static func state(on connection: Connection, from source: ParseStatement.Source = .events("event")) throws {
    let statement = try ParseStatement(schemas: schemas())
    for shape in EventShape.allCases {
      guard let sql = statement.sql(for: shape, from: source) else { continue }
      try connection.execute("create or replace temp table stated_\(shape.rawValue) as \(sql)")
    }
    try connection.execute("create or replace temp table stated_rejected as \(statement.rejectedSQL(from: source))")
  }

  static let tables = ["stay", "movement", "department", "rejected"]

  /// The rows of one body, as the Swift parser wrote them: column name to value.
  static func row(_ body: String, table: String = "stay") throws -> [String: Value] {
    let connection = try connection([])
    try parse([Array(body.utf8)], on: connection)
    let result = try connection.query("select * from parsed_\(table)")
    guard let row = result.rows.first else { return [:] }
    return Dictionary(uniqueKeysWithValues: zip(result.columns.map(\.name), row))
  }
}
