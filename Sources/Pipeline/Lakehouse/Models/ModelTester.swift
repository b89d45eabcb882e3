internal import DuckDB
internal import Foundation

/// Runs the given/expect rows of models on the embedded engine, in memory: what `models test` does.
///
/// Expected rows name the columns to compare; order does not matter. Columns that neither a row nor a default names are NULL.
public final class ModelTester {
  /// How one case went.
  public struct Outcome: Sendable {
    public let model: String
    public let name: String
    /// `nil` if every expected row was found and no other, and the tests of the columns hold.
    public let problem: String?
    /// The rows that the model gave, for a case that failed: the expected columns only.
    public let found: [String]
    public let seconds: Double
  }

  private let catalog: ModelCatalog
  private let connection: Connection
  /// Columns and types of each table, in order.
  private var columns: [String: [(name: String, type: String)]] = [:]
  private let views: [String: ModelCatalog.Model]

  /// Makes every table and view.
  public init(_ catalog: ModelCatalog) throws {
    self.catalog = catalog
    connection = try Database(path: nil).connect()
    for schema in ["bronze", "parsed", "silver", "gold"] { try connection.execute("create schema \(schema)") }
    try connection.execute("set timezone = 'UTC'")
    try connection.execute(catalog.macros)
    try connection.execute(catalog.tables)
    views = Dictionary(catalog.views.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    for view in catalog.views {
      do { try connection.execute("create view \(view.name) as \(view.sql)") } catch {
        throw LakehouseError(.configuration, "models/\(view.file): \(error.message)")
      }
    }
    let rows = try connection.query(
      "select table_schema || '.' || table_name, column_name, data_type from information_schema.columns order by ordinal_position"
    ).rows
    for row in rows { columns[row[0].string ?? "", default: []].append((row[1].string ?? "", row[2].string ?? "")) }
  }

  /// Runs the cases of a definition.
  public func run(_ definition: ModelDefinition) -> [Outcome] {
    definition.cases.map { test in
      let begin = ContinuousClock.now
      var problem: String?
      var found: [String] = []
      do {
        let result = try rows(of: test, definition)
        problem = Self.mismatch(test.expect, result) ?? Self.columnProblem(definition.columns, result)
        if problem != nil {
          let names = test.expect.first.map { Set($0.keys) }
          found = result.rows.map { row in
            zip(result.columns, row).filter { names?.contains($0.0) ?? true }.map { "\($0.0): \($0.1 ?? "null")" }.joined(separator: ", ")
          }
        }
      } catch let error as DuckDBError {
        problem = error.message
      } catch { problem = "\(error)" }
      return Outcome(
        model: definition.model, name: test.name, problem: problem, found: found, seconds: (ContinuousClock.now - begin) / .seconds(1))
    }
  }

  /// Rows as texts, as they are compared.
  private struct Found {
    let columns: [String]
    let rows: [[String?]]
  }

  private func rows(of test: ModelDefinition.Case, _ definition: ModelDefinition) throws -> Found {
    guard let model = catalog.models[definition.model] ?? views[definition.model] else {
      throw LakehouseError(.configuration, "models/\(definition.file): there is no model \(definition.model)")
    }
    let tables = inputs(of: model)
    if let stranger = test.given.keys.first(where: { !tables.contains($0) }) {
      throw LakehouseError(.configuration, "\(definition.model) does not read \(stranger)")
    }
    for table in tables.sorted() {
      try connection.execute("delete from \(table)")
      for row in definition.filled(table, test.given[table] ?? []) { try insert(row, into: table) }
    }
    let text = "select * from (\(model.sql)\n) as model" + (test.condition.map { " where \($0)" } ?? "")
    // Every value as text: numbers are compared as numbers again, and no type is left out.
    let names = try connection.query("describe \(text)").rows.map { $0[0].string ?? "" }
    let casts = names.map { "cast(\"\($0)\" as varchar)" }.joined(separator: ", ")
    return Found(columns: names, rows: try connection.query("select \(casts) from (\(text)) as typed").rows.map { $0.map(\.string) })
  }

  /// The tables that a model reads, also through views.
  private func inputs(of model: ModelCatalog.Model) -> Set<String> {
    var found: Set<String> = []
    for input in model.inputs {
      if let view = views[input] { found.formUnion(inputs(of: view)) } else { found.insert(input) }
    }
    return found
  }

  private func insert(_ row: ModelDefinition.Row, into table: String) throws {
    let known = columns[table] ?? []
    if let stranger = row.keys.first(where: { key in !known.contains { $0.name == key } }) {
      throw LakehouseError(.configuration, "\(table) has no column \(stranger)")
    }
    let values = known.map { name, type in "cast(\(Self.literal(row[name] ?? .null)) as \(type))" }
    try connection.execute("insert into \(table) values (\(values.joined(separator: ", ")))")
  }

  private static func literal(_ cell: ModelDefinition.Cell) -> String {
    switch cell {
    case .null: "null"
    case .boolean(let truth): truth ? "true" : "false"
    case .number(_, let text), .text(let text): "'" + text.replacing("'", with: "''") + "'"
    }
  }

  /// `nil` if every expected row pairs with one found row, else a sentence.
  private static func mismatch(_ expected: [ModelDefinition.Row], _ found: Found) -> String? {
    if let stranger = expected.lazy.flatMap(\.keys).first(where: { !found.columns.contains($0) }) { return "the model has no column \(stranger)" }
    guard expected.count == found.rows.count else { return "\(expected.count) rows expected, \(found.rows.count) found" }
    var left = found.rows
    for row in expected {
      let position = left.firstIndex { candidate in
        zip(found.columns, candidate).allSatisfy { name, value in row[name].map { same($0, value) } ?? true }
      }
      guard let position else {
        return "no row like {" + row.sorted { $0.key < $1.key }.map { "\($0.key): \(text($0.value))" }.joined(separator: ", ") + "}"
      }
      left.remove(at: position)
    }
    return nil
  }

  private static func same(_ expected: ModelDefinition.Cell, _ found: String?) -> Bool {
    guard let found else { return expected == .null }
    switch expected {
    case .null: return false
    case .boolean(let truth): return found == (truth ? "true" : "false")
    case .number(let number, let text):
      guard let value = Double(found) else { return false }
      return found == text || abs(value - number) <= 1e-6 * max(1, abs(number))
    // Times may be written to the minute.
    case .text(let text): return found == text || found == text + ":00"
    }
  }

  private static func text(_ cell: ModelDefinition.Cell) -> String {
    switch cell {
    case .null: "null"
    case .boolean(let truth): "\(truth)"
    case .number(_, let text), .text(let text): text
    }
  }

  private static func columnProblem(_ tests: [ModelDefinition.ColumnTest], _ found: Found) -> String? {
    for test in tests {
      guard let index = found.columns.firstIndex(of: test.column) else { return "the model has no column \(test.column), which its .yml names" }
      let values = found.rows.map { $0[index] }
      if test.isNotNull, values.contains(nil) { return "\(test.column) is null" }
      if test.isUnique, Set(values).count < values.count { return "\(test.column) is not unique" }
      if let accepted = test.accepted, let stranger = values.lazy.compactMap({ $0 }).first(where: { !accepted.contains($0) }) {
        return "\(test.column) holds \(stranger)"
      }
    }
    return nil
  }
}
