internal import Hospital
internal import Journeys

/// What the two record models share, told in Swift.
enum SilverRules {
  /// How far after its record's time an event may lie before that is called a mistake, microseconds.
  static let tolerance = 15 * CivilTime.minute

  /// What becomes of a record.
  enum Outcome<Record> {
    case usable(Record)
    /// The first rule that it broke.
    case broken(String)
  }

  /// `nullif(trim(text), '')`: DuckDB takes the spaces of every script away (Unicode Zs); the parse has taken the plain ones.
  static func trimmed(_ text: String?) -> String? {
    guard let text, let first = text.utf8.first, let last = text.utf8.last else { return nil }
    if first < 0x80, first != 0x20, last < 0x80, last != 0x20 { return text }
    let scalars = text.unicodeScalars
    func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .spaceSeparator }
    guard let start = scalars.firstIndex(where: { !isSpace($0) }), let end = scalars.lastIndex(where: { !isSpace($0) }) else { return nil }
    return String(scalars[start...end])
  }

  static func gender(_ text: String?) -> String? {
    guard let text = trimmed(text) else { return nil }
    switch LetterCase.lower(text) {
    case "male", "m": return "male"
    case "female", "f": return "female"
    case "other", "o", "a", "ambiguous", "d", "diverse", "x", "non-binary", "nonbinary": return "other"
    default: return "unknown"
    }
  }

  static func isPlausible(age: Int64) -> Bool { (0...120).contains(age) }

  /// Where the column stands that the rules read.
  /// - Throws: ``LakehouseError`` `configuration` if the schema declares none of that name.
  static func column(_ row: ParsedRow, _ name: String) throws(LakehouseError) -> Int {
    guard let column = row.column(name) else {
      throw LakehouseError(.configuration, "config/schemas/\(row.shape.rawValue).yml has no field with the column \(name); give it back")
    }
    return column
  }

  /// Whether a comma-separated list of fields holds one; what is missing holds none.
  static func has(_ wrong: String?, _ field: String) -> Bool {
    guard let wrong else { return false }
    return wrong.split(separator: ",").contains { $0 == field }
  }

  static func joined(_ flags: [String]) -> String? { flags.isEmpty ? nil : flags.joined(separator: ",") }
}
