internal import DuckDB

/// Whether the models on disk fit together, found out in memory.
public enum ModelCheck {
  /// Makes every table and view and plans every model.
  /// - Returns: one line for each model that DuckDB refuses.
  public static func run(_ catalog: ModelCatalog) throws -> [String] {
    let database = try Database(path: nil)
    let connection = try database.connect()
    for schema in ["bronze", "parsed", "silver", "gold"] { try connection.execute("create schema \(schema)") }
    try connection.execute("set timezone = 'UTC'")
    try connection.execute(catalog.macros)
    try connection.execute(catalog.tables)
    var problems: [String] = []
    for view in catalog.views {
      do { try connection.execute("create view \(view.name) as \(view.sql)") } catch { problems.append("\(view.file): \(error.message)") }
    }
    for model in catalog.models.values.sorted(by: { $0.name < $1.name }) {
      do { _ = try connection.prepare(model.sql) } catch { problems.append("\(model.file): \(error.message)") }
    }
    return problems
  }
}
