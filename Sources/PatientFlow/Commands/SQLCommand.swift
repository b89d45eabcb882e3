import ArgumentParser
import DuckDB
import EventHub
import Foundation
import Lakehouse
import Logging
import Serving

/// A question in SQL, answered by the running process or from the store itself.
struct SQLCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sql",
    abstract: "Ask gold in SQL, also while `run` is running.",
    usage: "patientflow sql [<options>] \"SELECT …\"",
    discussion: """
      One SELECT over gold.* and silver.*, read-only, with a time limit. The store's file belongs to one process: while one runs on the
      data folder the question goes through it, else the store is opened for the time of the question.
      csv and json are written while the rows come and hold all of them; what stops the statement before its last row ends with 1.
      Examples: patientflow sql "select * from vw_bed_occupancy"
                patientflow sql "show all tables"
                patientflow sql "describe gold.fact_patient_flow"
                patientflow sql --output csv "select * from gold.department_live" > departments.csv
      """)

  @OptionGroup var shared: SharedOptions
  @Option(help: "table, json or csv.") var output: OutputFormat = .table
  @Option(help: "Most rows of the answer (csv and json: all; table: sql.max_rows).") var maxRows: Int?
  @Flag(help: "See bronze and quarantine too: raw events with patients' identifiers.") var restricted = false
  @Argument(help: "One SELECT, in quotes; tables of gold by their name, others with their schema.") var statement: String

  func run() async throws {
    try await Self.ask(statement, shared: shared, output: output, restricted: restricted, maxRows: maxRows)
  }

  /// Asks one SELECT and prints the answer.
  static func ask(
    _ statement: String, shared: SharedOptions, output: OutputFormat, restricted: Bool = false, maxRows: Int? = nil
  ) async throws {
    let settings = try shared.settings()
    let folder = try DataFolder.existing(settings)
    let question = SQLQuestion(sql: statement, max_rows: maxRows)
    let client = LoopbackClient.find(folder)
    guard output == .table else { return try await write(question, client, shared, settings, output, isRestricted: restricted) }
    let json: Data
    if let client {
      json = try client.post("/api/v1/sql", question, isRestricted: restricted)
    } else {
      json = try await withShell(shared, settings) { try await $0.answer(statement, mayReadRestricted: restricted, maxRows: maxRows) }
    }
    let table = try TableText(json: json)
    print(table.text(output), terminator: "")
    // A table is held whole, to know how wide its columns are.
    if table.isTruncated, table.rows.count != maxRows {
      FileHandle.standardError.write(Data("There are more rows; --output csv or json gives all of them.\n".utf8))
    }
  }

  private struct SQLQuestion: Encodable {
    var sql: String
    var max_rows: Int?
  }

  /// All rows as CSV or JSON, written while they come: however many there are, few of them are held.
  private static func write(
    _ question: SQLQuestion, _ client: LoopbackClient?, _ shared: SharedOptions, _ settings: Settings, _ output: OutputFormat, isRestricted: Bool
  ) async throws {
    let printer = RowPrinter(isJSON: output == .json)
    if let client {
      try client.stream("/api/v1/sql", question, accept: output == .json ? "application/x-ndjson" : "text/csv", isRestricted: isRestricted) {
        try printer.write($0)
      }
    } else {
      try await withShell(shared, settings) { shell in
        try await shell.write(
          question.sql, as: output == .json ? .ndjson : .csv, mayReadRestricted: isRestricted, maxRows: question.max_rows
        ) { try printer.write(Data($0)) }
      }
    }
    try printer.end()
  }

  /// Opens the store for the time of a question.
  private static func withShell<Answer>(
    _ shared: SharedOptions, _ settings: Settings, _ body: (SQLShell) async throws -> Answer
  ) async throws -> Answer {
    let rooms = try PipelineRooms(settings, isSimulated: nil, logger: try shared.logger(settings))
    var configuration = ServingConfiguration()
    configuration.sqlTimeLimit = .seconds(settings.seconds("sql.time_limit"))
    configuration.sqlRowLimit = settings.integer("sql.max_rows")
    let pool = try ConnectionPool(database: rooms.store.database, size: 1, label: "patientflow.sql")
    let answer = try await body(SQLShell(pool: pool, configuration: configuration))
    try await rooms.hub.close()
    return answer
  }
}
