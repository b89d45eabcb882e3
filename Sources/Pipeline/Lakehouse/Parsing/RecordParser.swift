/// Reads one event's bytes into slots. Knows the declared fields, decides nothing about them.
///
/// Not Sendable: one parser a thread. The tokens point into the bytes given last.
package final class RecordParser {
  package enum Outcome: Equatable {
    case shape(EventShape)
    /// The rule that sends the record to quarantine.
    case rejected(String)
  }

  /// What one object was read into; of trivial parts, so that looking at a value costs no bookkeeping.
  struct Record {
    var cursor: JSONCursor
    /// The slots that were filled, as a mask.
    var seen: UInt64 = 0
    let tokens: UnsafeMutablePointer<JSONCursor.Token>

    /// The value in a slot; of kind null if the record has none.
    @inline(__always)
    func token(_ slot: Int) -> JSONCursor.Token {
      seen & (1 << UInt64(slot)) != 0 ? tokens[slot] : JSONCursor.Token(kind: .null, start: 0, count: 0, hasEscape: false)
    }
  }

  /// Names longer than this, and names with a comma or a control character, are told as ``oddName``: the column
  /// `unknown` is a comma-separated list, and what a hostile sender writes there goes into counts by name.
  static let longestName = 64
  static let oddName = "?"
  /// More unknown names of one record than these are not told.
  static let mostUnknownNames = 32

  package let slots: [String: Int]
  private(set) var record: Record
  /// The outer names of fields that a shape declares, as a mask over slots.
  private var declared: [EventShape: UInt64] = [:]
  private let table: FieldTable
  private let outerMask: UInt64
  private let typeSlot: Int
  private let reasonSlot: Int
  private let tokens: UnsafeMutablePointer<JSONCursor.Token>
  /// Top-level names that no shape declares, as tokens.
  private var strangers: [JSONCursor.Token] = []

  package init(schemas: [EventSchema]) throws(LakehouseError) {
    let (table, slots) = FieldTable.combining(schemas)
    guard table.names.count + table.inner.values.reduce(0, { $0 + $1.names.count }) == slots.count, slots.count <= 64,
      let typeSlot = slots["type"], let reasonSlot = slots["reason"]
    else { throw LakehouseError(.configuration, "config/schemas: the shapes together may have at most 64 field names") }
    self.table = table
    self.slots = slots
    self.typeSlot = typeSlot
    self.reasonSlot = reasonSlot
    outerMask = table.names.count == 64 ? .max : (1 << UInt64(table.names.count)) - 1
    tokens = .allocate(capacity: 64)
    record = Record(cursor: JSONCursor(UnsafeRawBufferPointer(start: nil, count: 0)), tokens: tokens)
    for schema in schemas {
      var mask: UInt64 = schema.shape == .stay ? 0 : 1 << UInt64(typeSlot)
      for field in schema.fields { if let slot = slots[field.path.outer] { mask |= 1 << UInt64(slot) } }
      declared[schema.shape] = mask
    }
  }

  deinit { tokens.deallocate() }

  /// Parses one record.
  package func parse(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    if !strangers.isEmpty { strangers.removeAll(keepingCapacity: true) }
    guard UTF8Check.isValid(bytes) else { return .rejected("invalid_utf8") }
    // Walked in a local: a stored property's mutation would be checked for exclusive access at every byte.
    var record = Record(cursor: JSONCursor(bytes), tokens: tokens)
    record.cursor.skipSpace()
    guard outerObject(&record) else { return .rejected("malformed_json") }
    record.cursor.skipSpace()
    guard record.cursor.index == record.cursor.count else { return .rejected("malformed_json") }
    self.record = record
    let type = record.token(typeSlot)
    guard type.kind != .null else { return .shape(.stay) }
    if matches(type, "department_changed") { return .shape(.department) }
    if matches(type, "rejected") { return .rejected(matches(record.token(reasonSlot), "too_large") ? "too_large" : "unknown_type") }
    return .shape(.movement)
  }

  /// Top-level names that `shape` does not declare, sorted by their bytes, as comma-separated text; `nil` if none.
  package func unknownNames(for shape: EventShape) -> String? {
    let foreign = record.seen & ~(declared[shape] ?? 0) & outerMask
    if foreign == 0, strangers.isEmpty { return nil }
    var names = strangers.map { printable($0) }
    for slot in table.names.indices where foreign & (1 << UInt64(slot)) != 0 { names.append(Array(table.names[slot].utf8)) }
    // Sorted, because the order of an object's names means nothing (RFC 8259 section 4). Bytes are compared, as both
    // engines do; Swift's own order of strings is another one.
    let sorted = Set(names).sorted { $0.lexicographicallyPrecedes($1) }
    return String(decoding: Array(sorted.prefix(Self.mostUnknownNames).joined(separator: [0x2c])), as: UTF8.self)
  }

  /// A name's characters as they may stand in a list.
  private func printable(_ name: JSONCursor.Token) -> [UInt8] {
    let bytes = text(name)
    let isPlain = (1...Self.longestName).contains(bytes.count) && bytes.allSatisfy { $0 >= 0x20 && $0 != 0x2c && $0 != 0x7f }
    return isPlain ? bytes : Array(Self.oddName.utf8)
  }

  private func text(_ token: JSONCursor.Token) -> [UInt8] {
    let cursor = record.cursor
    guard token.hasEscape else { return Array(UnsafeBufferPointer(start: cursor.base + token.start, count: token.count)) }
    return [UInt8](unsafeUninitializedCapacity: token.count) { buffer, count in
      count = buffer.baseAddress.map { cursor.unescape(token, to: $0) } ?? 0
    }
  }

  private func matches(_ token: JSONCursor.Token, _ expected: StaticString) -> Bool {
    guard token.kind == .string else { return false }
    let characters = UnsafeBufferPointer(start: expected.utf8Start, count: expected.utf8CodeUnitCount)
    if token.hasEscape { return text(token).elementsEqual(characters) }
    return UnsafeBufferPointer(start: record.cursor.base + token.start, count: token.count).elementsEqual(characters)
  }

  private func outerObject(_ record: inout Record) -> Bool {
    guard record.cursor.take(0x7b) else { return false }
    record.cursor.skipSpace()
    if record.cursor.take(0x7d) { return true }
    while true {
      guard let name = member(&record) else { return false }
      let slot = slot(of: name, in: table, record.cursor)
      let start = record.cursor.index
      if let slot, (table.objects & ~record.seen) & (1 << UInt64(slot)) != 0, start < record.cursor.count,
        record.cursor.base[start] == 0x7b, let inner = table.inner[slot]
      {
        guard innerObject(inner, &record) else { return false }
        keep(JSONCursor.Token(kind: .other, start: start, count: record.cursor.index - start, hasEscape: false), slot, &record)
      } else {
        guard let value = record.cursor.value(depth: 1) else { return false }
        if let slot { keep(value, slot, &record) } else { strangers.append(name) }
      }
      record.cursor.skipSpace()
      if record.cursor.take(0x2c) {
        record.cursor.skipSpace()
        continue
      }
      return record.cursor.take(0x7d)
    }
  }

  private func innerObject(_ table: FieldTable, _ record: inout Record) -> Bool {
    guard record.cursor.take(0x7b) else { return false }
    record.cursor.skipSpace()
    if record.cursor.take(0x7d) { return true }
    while true {
      guard let name = member(&record), let value = record.cursor.value(depth: 2) else { return false }
      if let slot = slot(of: name, in: table, record.cursor) { keep(value, slot, &record) }
      record.cursor.skipSpace()
      if record.cursor.take(0x2c) {
        record.cursor.skipSpace()
        continue
      }
      return record.cursor.take(0x7d)
    }
  }

  /// A member's name; the cursor stands at its value then.
  @inline(__always)
  private func member(_ record: inout Record) -> JSONCursor.Token? {
    guard let name = record.cursor.string() else { return nil }
    record.cursor.skipSpace()
    guard record.cursor.take(0x3a) else { return nil }
    record.cursor.skipSpace()
    return name
  }

  /// Of a name that is given twice the first value counts, as in DuckDB.
  @inline(__always)
  private func keep(_ value: JSONCursor.Token, _ slot: Int, _ record: inout Record) {
    let bit: UInt64 = 1 << UInt64(slot)
    guard record.seen & bit == 0 else { return }
    record.seen |= bit
    tokens[slot] = value
  }

  @inline(__always)
  private func slot(of name: JSONCursor.Token, in table: FieldTable, _ cursor: JSONCursor) -> Int? {
    if name.hasEscape { return slotOfEscaped(name, in: table, cursor) }
    return table.slot(of: UnsafeBufferPointer(start: cursor.base + name.start, count: name.count))
  }

  @inline(never)
  private func slotOfEscaped(_ name: JSONCursor.Token, in table: FieldTable, _ cursor: JSONCursor) -> Int? {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(1, name.count)) { space in
      guard let target = space.baseAddress else { return nil }
      let length = cursor.unescape(name, to: target)
      return table.slot(of: UnsafeBufferPointer(start: target, count: length))
    }
  }
}
