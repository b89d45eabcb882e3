import Foundation

/// Stands in for the declared schema, whose file reader needs a YAML library; the parser looks at these two only.
package struct EventSchema {
  let shape: EventShape
  let fields: [EventField]

  static let all = [
    EventSchema(
      shape: .stay,
      fields: [
        EventField(name: "patient_id", kind: .identifier, role: .patient), EventField(name: "age", kind: .integer, column: "age"),
        EventField(name: "admission_time", kind: .timestamp, column: "admission_time"),
        EventField(name: "wait_time_minutes", kind: .double, column: "wait"),
      ]),
    EventSchema(
      shape: .movement,
      fields: [
        EventField(name: "patient_id", kind: .identifier, role: .patient), EventField(name: "location.bed", kind: .text, column: "bed_id"),
        EventField(name: "location.room", kind: .text, column: "room"), EventField(name: "prior_location.bed", kind: .text, column: "prior_bed"),
        EventField(name: "birth_date", kind: .date, column: "birth_date"),
      ]),
    EventSchema(shape: .department, fields: [EventField(name: "staff", kind: .integer, column: "staff")]),
  ]
}

/// The JSON boundary under arbitrary bytes. Beside memory errors and traps (the sanitizer's part) it checks that
/// - what the parser accepts is JSON for another strict parser too;
/// - every value lies inside the record, and its text without escapes is valid UTF-8 and no longer than it was;
/// - white space around a record changes nothing, and a record that is cut short or doubled is refused.
struct JSONBoundary {
  let parser: RecordParser
  let arena = ByteArena()

  init?() {
    guard let parser = try? RecordParser(schemas: EventSchema.all) else { return nil }
    self.parser = parser
  }

  func check(_ bytes: UnsafeRawBufferPointer) {
    let outcome = parser.parse(bytes)
    let text = Array(bytes)
    precondition(UTF8Check.isValid(bytes) == (String(validating: text, as: UTF8.self) != nil), "UTF-8 is told as the standard library tells it")
    precondition((outcome == .rejected("invalid_utf8")) == !UTF8Check.isValid(bytes), "invalid UTF-8 has its own rule")
    if outcome == .rejected("invalid_utf8") || outcome == .rejected("malformed_json") { return }
    values(bytes)
    let unknown = [EventShape.stay, .movement, .department].map { parser.unknownNames(for: $0) }
    for list in unknown { precondition(list.map { !$0.isEmpty && $0.utf8.count <= 32 * 65 } ?? true, "the list of unknown names is bounded") }

    precondition(outcome == again([0x20, 0x0a] + text + [0x09, 0x0d]), "white space around a record means nothing")
    precondition(again(text + text) == .rejected("malformed_json"), "two records in one are none")
    if let end = text.lastIndex(of: 0x7d) { precondition(again(Array(text[..<end])) == .rejected("malformed_json"), "a record cut short is none") }
    precondition(isJSON(text), "another strict parser accepts it too")
  }

  private func again(_ bytes: [UInt8]) -> RecordParser.Outcome { bytes.withUnsafeBytes { parser.parse($0) } }

  /// Foundation's parser refuses numbers beyond a double, which JSON allows; and it is not asked about NUL in names.
  private func isJSON(_ bytes: [UInt8]) -> Bool {
    do {
      return try JSONSerialization.jsonObject(with: Data(bytes)) is [String: Any]
    } catch {
      return "\(error)".contains("umber")
    }
  }

  private func values(_ bytes: UnsafeRawBufferPointer) {
    let record = parser.record
    arena.empty()
    for slot in parser.slots.values {
      let token = record.token(slot)
      if token.kind == .null { continue }
      precondition(token.start >= 0 && token.count >= 0 && token.start + token.count <= bytes.count, "a value lies inside the record")
      guard token.kind == .string || token.kind == .number else { continue }
      var start = record.cursor.base + token.start
      var count = token.count
      if token.hasEscape {
        let target = arena.take(token.count)
        count = record.cursor.unescape(token, to: target)
        precondition(count < token.count, "an escape is longer than what it stands for")
        precondition(UTF8Check.isValid(UnsafeRawBufferPointer(start: target, count: count)), "an unescaped text is valid UTF-8")
        start = UnsafePointer(target)
      }
      let text = TextForms.trimmed(start, count)
      if let value = TextForms.integer(text) { precondition(abs(value) <= 999_999_999, "a whole number fits its column") }
      if let value = TextForms.double(text) { precondition(value.isFinite, "a number is finite") }
      if let day = TextForms.date(text) { precondition((-719_162...2_932_896).contains(day), "a date lies in the years 1 to 9999") }
      _ = TextForms.timestamp(text)
    }
  }
}

nonisolated(unsafe) private let boundary = JSONBoundary()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSONBoundary(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  boundary?.check(UnsafeRawBufferPointer(start: start, count: count))
  return 0
}
