internal import DuckDB

/// Writes rows as RFC 4180 CSV: a header row, CRLF, null as an empty field.
enum CSVWriter {
  static func bytes(columns: [String], rows: [[Value]]) -> [UInt8] {
    var bytes: [UInt8] = []
    line(columns.map(Value.text), to: &bytes)
    for row in rows { line(row, to: &bytes) }
    return bytes
  }

  private static func line(_ values: [Value], to bytes: inout [UInt8]) {
    for (index, value) in values.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      append(text(value), to: &bytes)
    }
    bytes.append(contentsOf: [0x0D, 0x0A])
  }

  private static func text(_ value: Value) -> String {
    switch value {
    case .null: return ""
    case .text(let text): return text
    default:
      var writer = JSONWriter(capacity: 32)
      writer.value(value)
      let json = String(decoding: writer.bytes, as: UTF8.self)
      return json.hasPrefix("\"") ? String(json.dropFirst().dropLast()) : json
    }
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    // A spreadsheet runs a cell that begins like a formula; names come from feeds, so such a text is made harmless.
    let isFormula = text.utf8.first.map { "=+-@\t\r".utf8.contains($0) } ?? false
    let safe = isFormula && Double(text) == nil ? "'" + text : text
    guard safe.utf8.contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 0x0A || $0 == 0x0D }) else {
      bytes.append(contentsOf: safe.utf8)
      return
    }
    bytes.append(UInt8(ascii: "\""))
    for byte in safe.utf8 {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
