#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// The syntax tree that DuckDB itself makes of a statement (`json_serialize_sql`), as plain JSON values.
indirect enum SyntaxTree: Decodable, Sendable {
  case object([String: SyntaxTree])
  case array([SyntaxTree])
  case text(String)
  /// Numbers, booleans and null: nothing that names a table or a function.
  case other

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let object = try? container.decode([String: SyntaxTree].self) {
      self = .object(object)
    } else if let array = try? container.decode([SyntaxTree].self) {
      self = .array(array)
    } else {
      self = .other
    }
  }

  static func read(_ json: String) throws -> SyntaxTree { try JSONDecoder().decode(SyntaxTree.self, from: Data(json.utf8)) }

  subscript(key: String) -> SyntaxTree? {
    if case .object(let fields) = self { return fields[key] }
    return nil
  }

  var text: String? {
    if case .text(let text) = self { return text }
    return nil
  }

  var elements: [SyntaxTree] {
    if case .array(let elements) = self { return elements }
    return []
  }
}
