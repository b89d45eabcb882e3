/// The regular expressions of the parse, for RE2 (DuckDB) and for Java (Spark).
///
/// Both say the same language. Java's matcher recurses for a repeated group and would run out of stack on a long text;
/// possessive repetition, which RE2 neither has nor needs, makes it loop. No pattern gives a character back that it
/// took, so that possessive and greedy mean the same.
struct ParsePatterns {
  /// What follows `*` and `+`.
  private let hold: String

  init(_ engine: ParseStatement.Engine) {
    hold = engine == .spark ? "+" : ""
  }

  private static let hexDigit = "[0-9A-Fa-f]"

  /// The characters of a JSON string between its quotes. A surrogate must have its other half.
  private var characters: String {
    let hex = Self.hexDigit
    let scalar = "[0-9A-Ca-cE-Fe-f]\(hex){3}|[Dd][0-7]\(hex){2}|[Dd][89ABab]\(hex){2}\\\\u[Dd][C-Fc-f]\(hex){2}"
    return "(?:[^\"\\\\\\x00-\\x1f]+\(hold)|\\\\(?:[\"\\\\/bfnrt]|u(?:\(scalar))))*\(hold)"
  }

  private var string: String { "\"\(characters)\"" }

  private var number: String { "-?(?:0|[1-9][0-9]*\(hold))(?:\\.[0-9]+\(hold))?(?:[Ee][+-]?[0-9]+\(hold))?" }

  /// A text made of JSON tokens only, without a comma before a closing bracket (DuckDB would accept that) and without a
  /// number before a colon (which would be a string, and so a name, once it is tagged).
  var tokens: String {
    let scalar = "\(string)(?:[ \\t\\n\\r]*\(hold):)?|\(number)|true|false|null"
    return "^(?:[ \\t\\n\\r]+\(hold)|\(scalar)|[{}\\[\\]]|,[ \\t\\n\\r]*\(hold)(?:\(scalar)|[{\\[]))*\(hold)\\z"
  }

  /// A string (first group: its characters) or a number (second group).
  var stringOrNumber: String { "\"(\(characters))\"|(\(number))" }

  /// All that is no bracket outside a string.
  var betweenBrackets: String { "\(string)|[^\"{}\\[\\]]+\(hold)" }

  /// Balanced brackets, at most as deep as ``JSONCursor/deepest``.
  var nesting: String {
    var pattern = ""
    for _ in 0..<JSONCursor.deepest { pattern = "(?:[{\\[]\(pattern)[}\\]])*\(hold)" }
    return "^\(pattern)\\z"
  }

  // The forms of TextForms.
  let integer = #"^[+-]?[0-9]{1,9}(?:\.0+)?\z"#
  let double = #"^[+-]?[0-9]{1,9}(?:\.[0-9]{1,9})?\z"#
  let date = #"^[0-9]{4}-[0-9]{2}-[0-9]{2}\z"#
  let timestamp =
    #"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?(?:[Zz]|[+-](?:0[0-9]|1[0-5])(?::?[0-5][0-9])?)?\z"#
}
