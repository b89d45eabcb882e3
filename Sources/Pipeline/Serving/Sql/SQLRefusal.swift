internal import HTTPTypes

/// Why a user's statement does not run.
struct SQLRefusal: Error, Sendable, Equatable {
  let status: HTTPResponse.Status
  let title: String
  let detail: String

  init(_ title: String, _ detail: String, status: HTTPResponse.Status = .badRequest) {
    self.title = title
    self.detail = detail
    self.status = status
  }

  /// - Parameters:
  ///   - kind: DuckDB's word for the error of its parser.
  ///   - message: DuckDB's text; it quotes the caller's own statement and is shown to nobody else.
  init(_ kind: String?, _ message: String) {
    if kind == "not implemented" {
      self = .onlySelect
    } else {
      self.init("The statement cannot be read", message)
    }
  }

  static let onlySelect = SQLRefusal(
    "Only SELECT", "This connection reads: one SELECT, DESCRIBE, SUMMARIZE, SHOW TABLES or EXPLAIN of a SELECT.", status: .forbidden)
  static let stopping = SQLRefusal("Stopped", "The server is shutting down; ask again when it runs.", status: .serviceUnavailable)
  static let oneStatement = SQLRefusal("One statement", "Give exactly one statement.")
  static let tooDeep = SQLRefusal("Too deep", "The statement is nested too deeply. Name its steps in a WITH.")
  static let tooLong = SQLRefusal("Too long", "A statement has at most 64 KB.", status: .contentTooLarge)
  static let unqualified = SQLRefusal(
    "A table without schema", "Gold has no table of this name. Write the schema with tables of others; SHOW ALL TABLES lists them.")
  static let database = SQLRefusal("Another database", "Tables are named by schema and name; there is one database here.", status: .forbidden)
  static let schema = SQLRefusal("Another schema", "Tables of gold, silver and information_schema can be read.", status: .forbidden)
  static let unknownTable = SQLRefusal("No such table", "There is no table of this name. SHOW ALL TABLES lists them.")
  static let show = SQLRefusal(
    "Not available", "SHOW TABLES, SHOW ALL TABLES, DESCRIBE and SUMMARIZE of a table or query are available.", status: .forbidden)
  static let restricted = SQLRefusal(
    "Restricted", "Bronze and quarantine hold raw identifiers; reading them needs a token with the right to restricted tables.", status: .forbidden)

  static func function(_ name: String) -> SQLRefusal {
    let shown = name.prefix(60)
    return SQLRefusal(
      "A function that is not available", "\(shown) is not available here: only functions that compute from their arguments are.", status: .forbidden)
  }

  var problem: Problem { Problem(status, title: title, detail: detail) }
}
