internal import DuckDB
internal import Synchronization

/// Rows on their way to text, handed on in pieces of some size.
final class SQLText: Sendable {
  /// Bytes that are gathered before they go on.
  private static let piece = 64 * 1024

  private struct State {
    var bytes: [UInt8] = []
    var hasNames = false
  }

  private let format: SQLTextFormat
  private let write: @Sendable ([UInt8]) throws -> Void
  private let state = Mutex(State())

  init(format: SQLTextFormat, write: @escaping @Sendable ([UInt8]) throws -> Void) {
    self.format = format
    self.write = write
  }

  func add(_ columns: [QueryResult.Column], _ rows: [[Value]]) throws {
    let full: [UInt8]? = state.withLock { state in
      switch format {
      case .csv:
        if !state.hasNames { Self.line(columns.map { Value.text($0.name) }, to: &state.bytes) }
        for row in rows { Self.line(row, to: &state.bytes) }
      case .ndjson:
        for row in rows { Self.object(columns, row, to: &state.bytes) }
      }
      state.hasNames = true
      guard state.bytes.count >= Self.piece else { return nil }
      defer { state.bytes = [] }
      return state.bytes
    }
    if let full { try write(full) }
  }

  /// Hands on what is left.
  func end() throws {
    let rest = state.withLock { $0.bytes }
    if !rest.isEmpty { try write(rest) }
  }

  private static func object(_ columns: [QueryResult.Column], _ row: [Value], to bytes: inout [UInt8]) {
    var writer = JSONWriter(capacity: 256)
    writer.object { writer in
      for (column, value) in zip(columns, row) {
        writer.key(column.name)
        writer.exactValue(value)
      }
    }
    bytes += writer.bytes
    bytes.append(UInt8(ascii: "\n"))
  }

  private static func line(_ row: [Value], to bytes: inout [UInt8]) {
    for (index, value) in row.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      cell(value, to: &bytes)
    }
    bytes.append(UInt8(ascii: "\n"))
  }

  private static func cell(_ value: Value, to bytes: inout [UInt8]) {
    switch value {
    case .null: return
    case .text(let text), .number(let text): quoted(text.utf8, to: &bytes)
    default:
      var writer = JSONWriter(capacity: 32)
      writer.exactValue(value)
      let json = writer.bytes
      // Times, dates and the like are JSON texts without anything escaped in them.
      quoted(json.first == UInt8(ascii: "\"") ? json.dropFirst().dropLast() : json[...], to: &bytes)
    }
  }

  private static func quoted(_ text: some Collection<UInt8>, to bytes: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    guard text.contains(where: { $0 == UInt8(ascii: ",") || $0 == quote || $0 == 0x0A || $0 == 0x0D }) else {
      bytes.append(contentsOf: text)
      return
    }
    bytes.append(quote)
    for byte in text {
      if byte == quote { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(quote)
  }
}
