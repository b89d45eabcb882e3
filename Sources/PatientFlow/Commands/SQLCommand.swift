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
      Examples: patientflow sql "select * from gold.vw_bed_occupancy"
                patientflow sql "show all tables"
                patientflow sql "describe gold.fact_patient_flow"
                patientflow sql --output csv "select * from gold.department_live" > departments.csv
      """)

  @OptionGroup var shared: SharedOptions
  @Option(help: "table, json or csv.") var output: OutputFormat = .table
  @Option(help: "Most rows of the answer.") var maxRows: Int?
  @Flag(help: "See bronze and quarantine too: raw events with patients' identifiers.") var restricted = false
  @Argument(help: "One SELECT, in quotes; tables with their schema, such as gold.hospital_live.") var statement: String

  func run() async throws {
    try await Self.ask(statement, shared: shared, output: output, restricted: restricted, maxRows: maxRows)
  }

  /// Asks one SELECT and prints the answer.
  static func ask(
    _ statement: String, shared: SharedOptions, output: OutputFormat, restricted: Bool = false, maxRows: Int? = nil
  ) async throws {
    let settings = try shared.settings()
    let folder = try DataFolder.existing(settings)
    let table: TableText
    if let client = LoopbackClient.find(folder) {
      table = try ask(client, statement, restricted: restricted, maxRows: maxRows)
    } else {
      let rooms = try PipelineRooms(settings, isSimulated: nil, logger: Logger(label: "patientflow", factory: { _ in SwiftLogNoOpLogHandler() }))
      var configuration = ServingConfiguration()
      configuration.sqlTimeLimit = .seconds(settings.seconds("sql.time_limit"))
      configuration.sqlRowLimit = settings.integer("sql.max_rows")
      let pool = try ConnectionPool(database: rooms.store.database, size: 1, label: "patientflow.sql")
      let shell = SQLShell(pool: pool, configuration: configuration)
      table = try TableText(json: try await shell.answer(statement, mayReadRestricted: restricted, maxRows: maxRows))
      try await rooms.hub.close()
    }
    print(table.text(output), terminator: "")
    if table.isTruncated { FileHandle.standardError.write(Data("There are more rows; raise --max-rows or sql.max_rows.\n".utf8)) }
  }

  private static func ask(_ client: LoopbackClient, _ statement: String, restricted: Bool, maxRows: Int?) throws -> TableText {
    struct Question: Encodable {
      var sql: String
      var max_rows: Int?
    }
    return try TableText(json: try client.post("/api/v1/sql", Question(sql: statement, max_rows: maxRows), isRestricted: restricted))
  }
}
