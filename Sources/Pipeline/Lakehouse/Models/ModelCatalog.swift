internal import Foundation

/// The SQL files under `models/`, read once at start.
public struct ModelCatalog: Sendable {
  /// One SELECT.
  public struct Model: Sendable {
    /// Its logical table, such as `silver.movement`.
    public let name: String
    public let file: String
    public let sql: String

    /// The logical tables it reads.
    public var inputs: [String] { ReferenceRewriter.references(in: sql).map { "\($0.schema).\($0.table)" } }
  }

  public let models: [String: Model]
  /// Views in an order in which each finds those it reads.
  public let views: [Model]
  /// `create table` statements of silver and gold.
  public let tables: String
  /// The `pf_*` macros of DuckDB.
  public let macros: String
  /// The rules of `models/quality.yml`, as text.
  public let quality: String

  /// Reads a models folder.
  /// - Throws: ``LakehouseError`` with code `configuration`, naming the file that is missing or unreadable.
  public init(directory: String) throws(LakehouseError) {
    func read(_ path: String) throws(LakehouseError) -> String {
      do { return try String(contentsOfFile: path, encoding: .utf8) } catch {
        throw LakehouseError(.configuration, "can't read the model file \(path); is --models right?")
      }
    }
    func folder(_ name: String, schema: String) throws(LakehouseError) -> [Model] {
      let path = "\(directory)/\(name)"
      guard let files = try? FileManager.default.contentsOfDirectory(atPath: path) else {
        throw LakehouseError(.configuration, "can't list the models folder \(path); is --models right?")
      }
      var models: [Model] = []
      for file in files.sorted() where file.hasSuffix(".sql") {
        models.append(Model(name: "\(schema).\(file.dropLast(4))", file: "\(name)/\(file)", sql: Self.trimmed(try read("\(path)/\(file)"))))
      }
      return models
    }
    tables = try read("\(directory)/TABLES.sql")
    macros = try read("\(directory)/macros/duckdb.sql")
    quality = try read("\(directory)/quality.yml")
    let all = try folder("silver", schema: "silver") + folder("gold", schema: "gold")
    models = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    views = try Self.ordered(folder("views", schema: "gold"))
  }

  func model(_ name: String) throws(LakehouseError) -> Model {
    guard let model = models[name] else { throw LakehouseError(.configuration, "models/: the model \(name) is missing") }
    return model
  }

  private static func ordered(_ views: [Model]) throws(LakehouseError) -> [Model] {
    let names = Set(views.map(\.name))
    var waiting = views
    var done: Set<String> = []
    var sorted: [Model] = []
    while !waiting.isEmpty {
      guard let next = waiting.firstIndex(where: { $0.inputs.allSatisfy { !names.contains($0) || done.contains($0) } }) else {
        throw LakehouseError(.configuration, "models/views: these views read each other: \(waiting.map(\.file).joined(separator: ", "))")
      }
      let view = waiting.remove(at: next)
      done.insert(view.name)
      sorted.append(view)
    }
    return sorted
  }

  private static func trimmed(_ sql: String) -> String {
    var text = sql[...]
    while let last = text.last, last.isWhitespace || last == ";" { text.removeLast() }
    return String(text)
  }
}
