internal import DuckDB

/// Decides whether a user's statement may run, from the syntax tree that DuckDB's own parser gives: one SELECT (or
/// DESCRIBE, SUMMARIZE, SHOW), over tables of the allowed schemas, with functions that only compute.
///
/// What is not known to be harmless is refused: an unknown kind of table reference, a function that DuckDB calls volatile,
/// a table function that is not on the list. Names are compared as DuckDB does, without case.
struct SelectGuard: Sendable {
  /// Functions by name whose result follows from their arguments; asked of DuckDB once.
  let functions: Set<String>
  /// Tables and views of gold, whose names stand for themselves; asked of DuckDB once.
  let relations: Set<String>
  let mayReadRestricted: Bool

  /// Functions that are volatile and yet harmless, and names the parser makes that no catalogue lists.
  private static let harmless: Set<String> = [
    "random", "uuid", "gen_random_uuid", "uuidv4", "uuidv7", "error", "now", "today", "current_date", "current_time", "current_timestamp",
    "get_current_time", "get_current_timestamp", "current_localtime", "current_localtimestamp", "transaction_timestamp", "row_number", "rank",
    "dense_rank",
    "rank_dense", "percent_rank", "cume_dist", "ntile", "lag", "lead", "first_value", "last_value", "nth_value", "fill", "unnest", "unlist",
    "count_star",
    "row", "struct_pack", "list_value", "array_value", "version", "current_schema", "current_database", "operator", "coalesce", "if", "ifnull",
    "nullif", "alias",
  ]
  /// Scalar functions that compute nothing of the data but tell of the process or look into statements.
  private static let refused: Set<String> = [
    "nextval", "currval", "setseed", "sleep_ms", "pg_sleep", "write_log", "current_setting", "getvariable", "getenv", "current_query",
    "current_query_id",
    "current_connection_id", "current_transaction_id", "txid_current", "json_execute_serialized_sql", "json_serialize_plan", "stats", "vector_type",
    "parse_duckdb_log_message", "in_search_path",
  ]
  /// Functions that make a value as large as a number says. DuckDB makes it in one step, outside its memory limit, in which it can't be
  /// interrupted: `repeat('x', 4000000000)` took 51 s of a limit of 2. The table functions of these names make rows, and stay.
  private static let makersOfLargeValues: Set<String> = [
    "repeat", "lpad", "rpad", "range", "generate_series", "list_resize", "array_resize", "bar", "format", "printf",
  ]
  private static let tableFunctions: Set<String> = ["range", "generate_series", "unnest", "repeat", "json_each", "json_tree"]
  private static let schemas: Set<String> = ["gold", "silver", "information_schema"]
  private static let restricted: Set<String> = ["silver.quarantine"]
  private static let restrictedSchemas: Set<String> = ["bronze"]
  /// Deeper statements take DuckDB's planner minutes in which it cannot be interrupted.
  private static let deepest = 240

  /// The functions that only compute, by DuckDB's own word; to be asked on any connection.
  static func functions(on connection: Connection) throws -> Set<String> {
    let result = try connection.query(
      """
      select distinct lower(function_name)
      from duckdb_functions()
      where function_type in ('scalar', 'aggregate', 'macro')
          and (stability is null or stability <> 'VOLATILE')
          and not coalesce(has_side_effects, false)
      """)
    return Set(result.rows.compactMap { $0.first?.string })
  }

  /// The tables and views of gold; to be asked on any connection.
  static func relations(on connection: Connection) throws -> Set<String> {
    let result = try connection.query("select lower(table_name) from information_schema.tables where table_schema = 'gold'")
    return Set(result.rows.compactMap { $0.first?.string })
  }

  /// - Parameter sql: the statement exactly as it will be run.
  func check(_ sql: String, on connection: Connection) throws {
    let json = try connection.query(
      "select json_serialize_sql(cast($1 as varchar), skip_null := true, skip_default := true, skip_empty := true)", [.text(sql)]
    ).scalar.string
    guard let json, let tree = try? SyntaxTree.read(json) else { throw SQLRefusal.tooDeep }
    guard tree["error_message"] == nil else { throw SQLRefusal(tree["error_type"]?.text, tree["error_message"]?.text ?? "") }
    let statements = tree["statements"]?.elements ?? []
    guard statements.count == 1, let statement = statements.first else { throw SQLRefusal.oneStatement }
    try walk(statement, names: [], depth: 0)
  }

  private func walk(_ tree: SyntaxTree, names: Set<String>, depth: Int) throws {
    guard depth < Self.deepest else { throw SQLRefusal.tooDeep }
    switch tree {
    case .array(let elements):
      for element in elements { try walk(element, names: names, depth: depth + 1) }
    case .object(let fields):
      var names = names
      if let entries = fields["cte_map"]?["map"]?.elements { try walkNamed(entries, &names, depth) }
      if let name = fields["cte_name"]?.text { names.insert(name.lowercased()) }
      if let function = fields["function_name"]?.text, fields["type"]?.text != "TABLE_FUNCTION" { try checkFunction(function) }
      try checkTable(fields, names)
      for (key, value) in fields where key != "cte_map" && !(isTableFunction(fields) && key == "function") {
        try walk(value, names: names, depth: depth + 1)
      }
      // The arguments of a table function are expressions like any other; its own name was checked with the table.
      if isTableFunction(fields), case .object(let function)? = fields["function"] {
        for (key, value) in function where key != "function_name" { try walk(value, names: names, depth: depth + 1) }
      }
    case .text, .other: break
    }
  }

  /// The parts of WITH, in order: each sees those before it, and itself only if it is recursive.
  private func walkNamed(_ entries: [SyntaxTree], _ names: inout Set<String>, _ depth: Int) throws {
    for entry in entries {
      if let value = entry["value"] { try walk(value, names: names, depth: depth + 1) }
      if let name = entry["key"]?.text { names.insert(name.lowercased()) }
    }
  }

  private func isTableFunction(_ fields: [String: SyntaxTree]) -> Bool { fields["type"]?.text == "TABLE_FUNCTION" && fields["function"] != nil }

  private func checkFunction(_ name: String) throws {
    let name = name.lowercased()
    guard !Self.refused.contains(name), !Self.makersOfLargeValues.contains(name), functions.contains(name) || Self.harmless.contains(name) else {
      throw SQLRefusal.function(name)
    }
  }

  /// Kinds of FROM; everything else that DuckDB may come to know is refused until someone has looked at it.
  private func checkTable(_ fields: [String: SyntaxTree], _ names: Set<String>) throws {
    // Only table references carry these types, and expressions carry a class beside theirs.
    guard fields["class"] == nil, let type = fields["type"]?.text else { return }
    switch type {
    case "BASE_TABLE": try checkBaseTable(fields, names)
    case "TABLE_FUNCTION":
      let name = fields["function"]?["function_name"]?.text?.lowercased() ?? ""
      guard Self.tableFunctions.contains(name) else { throw SQLRefusal.function(name) }
    case "SHOW_REF":
      // SHOW TABLES gives names alone; DESCRIBE and SUMMARIZE carry the table or query they look at.
      let shown = fields["table_name"]?.text ?? ""
      guard fields["query"] != nil || ["\"tables\"", "__show_tables_expanded"].contains(shown) else { throw SQLRefusal.show }
    case "COLUMN_DATA", "BOUND_TABLE_REF", "DELIM_GET", "CTE", "CATALOG_ENTRY": throw SQLRefusal.show
    default: break
    }
  }

  private func checkBaseTable(_ fields: [String: SyntaxTree], _ names: Set<String>) throws {
    let catalog = fields["catalog_name"]?.text ?? ""
    let schema = (fields["schema_name"]?.text ?? "").lowercased()
    let table = (fields["table_name"]?.text ?? "").lowercased()
    guard catalog.isEmpty else { throw SQLRefusal.database }
    if schema.isEmpty {
      // The connection looks in gold first, so that such a name can be no other table's.
      guard names.contains(table) || relations.contains(table) else { throw SQLRefusal.unqualified }
      return
    }
    // Only plain names: a quoted one with dots and slashes could be taken for a file.
    guard table.utf8.allSatisfy({ $0 == UInt8(ascii: "_") || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }) else {
      throw SQLRefusal.unknownTable
    }
    let isRestricted =
      Self.restrictedSchemas.contains(schema) || Self.restricted.contains { $0 == "\(schema).\(table)" || "\(schema).\(table)".hasPrefix($0 + "_") }
    guard Self.schemas.contains(schema) || Self.restrictedSchemas.contains(schema) else { throw SQLRefusal.schema }
    if isRestricted, !mayReadRestricted { throw SQLRefusal.restricted }
  }
}
