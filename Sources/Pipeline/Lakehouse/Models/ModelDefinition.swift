internal import Foundation
internal import Yams

/// The `.yml` beside a model, as far as its given/expect rows and tests of columns go.
public struct ModelDefinition: Sendable {
  /// A value of a row: what the file says, before the column's type is known.
  public enum Cell: Sendable, Hashable {
    case null
    case boolean(Bool)
    case number(Double, text: String)
    /// Everything else; `$row` stands for the row's number.
    case text(String)
  }

  public typealias Row = [String: Cell]

  public struct Case: Sendable {
    public let name: String
    /// Rows by logical table.
    let given: [String: [Row]]
    /// Narrows the model's rows first.
    let condition: String?
    let expect: [Row]
  }

  struct ColumnTest: Sendable {
    let column: String
    let isNotNull: Bool
    let isUnique: Bool
    let accepted: [String]?
  }

  public let model: String
  public let file: String
  let defaults: [String: Row]
  public let cases: [Case]
  let columns: [ColumnTest]

  /// Reads the definition of a model.
  /// - Throws: ``LakehouseError`` with code `configuration`, naming the file.
  init(yaml: String, file: String) throws(LakehouseError) {
    let root: Node?
    do { root = try Yams.compose(yaml: yaml) } catch { throw LakehouseError(.configuration, "models/\(file) is not YAML: \(error)") }
    guard let root, let model = root["model"]?.string else { throw LakehouseError(.configuration, "models/\(file) names no model") }
    self.model = model
    self.file = file
    defaults = Self.tables(root["defaults"]).mapValues { Self.row($0) }
    cases = (root["unit_tests"]?.array() ?? []).map { node in
      Case(
        name: node["name"]?.string ?? "", given: Self.tables(node["given"]).mapValues { $0.array().map(Self.row) }, condition: node["where"]?.string,
        expect: (node["expect"]?.array() ?? []).map(Self.row))
    }
    columns = (root["columns"]?.array() ?? []).compactMap { node in
      guard let name = node["name"]?.string else { return nil }
      let tests = node["tests"]?.array() ?? []
      let words = tests.compactMap(\.string)
      let accepted = tests.compactMap { $0["accepted_values"]?.array().compactMap(\.string) }.first
      return ColumnTest(column: name, isNotNull: words.contains("not_null"), isUnique: words.contains("unique"), accepted: accepted)
    }
  }

  /// All definitions of a models folder, by file.
  public static func all(in directory: String) throws(LakehouseError) -> [ModelDefinition] {
    var found: [ModelDefinition] = []
    for folder in ["gold", "silver", "views"] {
      guard let files = try? FileManager.default.contentsOfDirectory(atPath: "\(directory)/\(folder)") else {
        throw LakehouseError(.configuration, "can't list the models folder \(directory)/\(folder); is --models right?")
      }
      for file in files.sorted() where file.hasSuffix(".yml") {
        guard let text = try? String(contentsOfFile: "\(directory)/\(folder)/\(file)", encoding: .utf8) else {
          throw LakehouseError(.configuration, "can't read models/\(folder)/\(file)")
        }
        found.append(try ModelDefinition(yaml: text, file: "\(folder)/\(file)"))
      }
    }
    return found
  }

  /// Given rows with the defaults of their table, and their numbers for `$row`.
  func filled(_ table: String, _ rows: [Row]) -> [Row] {
    rows.enumerated().map { index, row in
      (defaults[table] ?? [:]).merging(row) { $1 }.mapValues {
        $0 == .text("$row") ? .number(Double(index + 1), text: String(index + 1)) : $0
      }
    }
  }

  private static func tables(_ node: Node?) -> [String: Node] {
    var found: [String: Node] = [:]
    for (name, rows) in node?.mapping ?? [:] { if let name = name.string { found[name] = rows } }
    return found
  }

  private static func row(_ node: Node) -> Row {
    var row: Row = [:]
    for (name, value) in node.mapping ?? [:] { if let name = name.string { row[name] = cell(value) } }
    return row
  }

  /// What is quoted is text; times stay text, since the column's type casts them.
  private static func cell(_ node: Node) -> Cell {
    guard let scalar = node.scalar else { return .null }
    guard scalar.style == .plain || scalar.style == .any else { return .text(scalar.string) }
    switch scalar.string {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .boolean(true)
    case "false", "False", "FALSE": return .boolean(false)
    default: return Double(scalar.string).map { .number($0, text: scalar.string) } ?? .text(scalar.string)
    }
  }
}
