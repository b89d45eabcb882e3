/// Replaces the logical tables a model names (`silver.movement`) by what they are in this run.
///
/// Works on tokens, not on a grammar: a reference is `schema.table` in lower case outside of strings, quoted names and
/// comments, with one of the pipeline's schemas. The lint of the models keeps column references apart from it: no
/// alias may be called like a schema.
enum ReferenceRewriter {
  static let schemas: Set<String> = ["bronze", "parsed", "silver", "gold"]

  /// The text with each reference replaced by `relation(schema, table)`; a `nil` answer leaves it as it stands.
  static func rewrite(
    _ sql: String, _ relation: (_ schema: String, _ table: String) throws(LakehouseError) -> String?
  ) throws(LakehouseError) -> String {
    var output = ""
    for piece in pieces(of: sql) {
      if case .reference(let schema, let table) = piece, let replacement = try relation(schema, table) {
        output += replacement
      } else {
        output += piece.text
      }
    }
    return output
  }

  /// The references of a text, each once, in the order of their first appearance.
  static func references(in sql: String) -> [(schema: String, table: String)] {
    var seen: Set<String> = []
    var found: [(String, String)] = []
    for case .reference(let schema, let table) in pieces(of: sql) where seen.insert("\(schema).\(table)").inserted {
      found.append((schema, table))
    }
    return found.map { (schema: $0.0, table: $0.1) }
  }

  private enum Piece {
    case other(String)
    case reference(schema: String, table: String)

    var text: String {
      switch self {
      case .other(let text): text
      case .reference(let schema, let table): "\(schema).\(table)"
      }
    }
  }

  private static func pieces(of sql: String) -> [Piece] {
    let characters = Array(sql.unicodeScalars)
    var pieces: [Piece] = []
    var other = String.UnicodeScalarView()
    var index = 0
    func isWord(_ scalar: Unicode.Scalar) -> Bool { scalar == "_" || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) }
    /// Copies up to and including the end mark.
    func copy(from start: Int, until end: (Int) -> Int?) -> Int {
      var position = start
      while position < characters.count {
        if let next = end(position) {
          other.append(contentsOf: characters[start..<next])
          return next
        }
        position += 1
      }
      other.append(contentsOf: characters[start...])
      return characters.count
    }
    while index < characters.count {
      let scalar = characters[index]
      if scalar == "'" || scalar == "\"" {
        other.append(scalar)
        index = copy(from: index + 1) { characters[$0] == scalar ? $0 + 1 : nil }
      } else if scalar == "-", index + 1 < characters.count, characters[index + 1] == "-" {
        index = copy(from: index) { characters[$0] == "\n" ? $0 + 1 : nil }
      } else if scalar == "/", index + 1 < characters.count, characters[index + 1] == "*" {
        index = copy(from: index) { $0 > index + 2 && characters[$0] == "/" && characters[$0 - 1] == "*" ? $0 + 1 : nil }
      } else if isWord(scalar) {
        var end = index
        while end < characters.count, isWord(characters[end]) { end += 1 }
        let word = string(characters[index..<end])
        let isQualified = index > 0 && characters[index - 1] == "."
        if !isQualified, schemas.contains(word), end + 1 < characters.count, characters[end] == ".", isWord(characters[end + 1]) {
          var tail = end + 1
          while tail < characters.count, isWord(characters[tail]) { tail += 1 }
          pieces.append(.other(String(other)))
          other = .init()
          pieces.append(.reference(schema: word, table: string(characters[(end + 1)..<tail])))
          index = tail
        } else {
          other.append(contentsOf: characters[index..<end])
          index = end
        }
      } else {
        other.append(scalar)
        index += 1
      }
    }
    pieces.append(.other(String(other)))
    return pieces
  }

  private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }
}
