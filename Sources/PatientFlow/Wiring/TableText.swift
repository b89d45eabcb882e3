import Foundation

/// Rows as people and programs read them.
struct TableText {
  let columns: [String]
  let rows: [[Any]]
  let isTruncated: Bool
  init(json: Data) throws {
    guard let object = try JSONSerialization.jsonObject(with: json) as? [String: Any], let columns = object["columns"] as? [[String: Any]],
      let rows = object["rows"] as? [[Any]]
    else { throw CommandError(.failure, "the answer is not a table") }
    self.columns = columns.map { $0["name"] as? String ?? "" }
    self.rows = rows
    isTruncated = object["truncated"] as? Bool ?? false
  }

  /// Rows of texts, numbers, truth values and `nil`.
  init(columns: [String], rows: [[(any Sendable)?]]) {
    self.columns = columns
    self.rows = rows.map { row in
      row.map { value in
        switch value {
        case let number as Int: NSNumber(value: number)
        case let number as Int64: NSNumber(value: number)
        case let number as Double: NSNumber(value: number)
        case let truth as Bool: NSNumber(value: truth)
        case let value?: "\(value)"
        case nil: NSNull()
        }
      }
    }
    isTruncated = false
  }

  func text(_ format: OutputFormat) -> String {
    switch format {
    case .json:
      let objects = rows.map { row in Dictionary(zip(columns, row), uniquingKeysWith: { $1 }) }
      let data = (try? JSONSerialization.data(withJSONObject: objects, options: [.sortedKeys, .withoutEscapingSlashes])) ?? Data("[]".utf8)
      return String(decoding: data, as: UTF8.self) + "\n"
    case .csv:
      return ([columns] + rows.map { $0.map(Self.cell) }).map { $0.map(Self.quoted).joined(separator: ",") + "\n" }.joined()
    case .table: return table()
    }
  }

  private func table() -> String {
    let cells = rows.map { $0.map { Self.cell($0).replacingOccurrences(of: "\n", with: " ") } }
    let widths = columns.indices.map { column in max(columns[column].count, cells.map { $0[column].count }.max() ?? 0) }
    let numeric = columns.indices.map { column in rows.allSatisfy { $0[column] is NSNumber || $0[column] is NSNull } && !rows.isEmpty }
    func line(_ cells: [String]) -> String {
      cells.indices.map { index in
        let pad = String(repeating: " ", count: widths[index] - cells[index].count)
        return numeric[index] ? pad + cells[index] : cells[index] + pad
      }.joined(separator: "  ") + "\n"
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ") + "\n"
    return line(columns) + rule + cells.map(line).joined() + "\(rows.count) row\(rows.count == 1 ? "" : "s")\n"
  }

  /// NULL is an empty cell.
  private static func cell(_ value: Any) -> String {
    switch value {
    case is NSNull: return ""
    case let text as String: return text
    case let number as NSNumber:
      if isBoolean(number) { return number.boolValue ? "true" : "false" }
      return number.stringValue
    default:
      let data = (try? JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .fragmentsAllowed])) ?? Data()
      return String(decoding: data, as: UTF8.self)
    }
  }

  private static func isBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }

  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r\n" || $0 == "\r" }) else { return text }
    return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }
}
