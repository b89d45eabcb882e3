package import DuckDB

/// Parses hub records and appends them to the staging tables `parsed_*` of one connection.
///
/// This is the embedded engine's side of the parse; ``ParseStatement`` writes the same as SQL from the same schemas,
/// and a test holds the two to identical rows. It exists because the profile asked for it: see docs/decisions.
package final class ParsedWriter {
  private let parser: RecordParser
  private let pseudonymizer: Pseudonymizer
  private let stays: ShapeWriter?
  private let movements: ShapeWriter?
  private let departments: ShapeWriter?
  private let rejected: ChunkAppender
  /// Holds the unescaped text of one value.
  private let scratch = ByteScratch()
  private let message = ByteScratch()
  private let digits = UnsafeMutablePointer<UInt8>.allocate(capacity: 32)

  /// How many rows went to the staging table of rejected records since the writer was made.
  package private(set) var rejectedCount = 0

  /// How many rows went to each staging table since the writer was made.
  package var counts: [EventShape: Int] {
    Dictionary(uniqueKeysWithValues: [stays, movements, departments].compactMap { $0 }.map { ($0.shape, $0.count) })
  }

  package init(connection: Connection, schemas: [EventSchema], pseudonymizer: Pseudonymizer) throws {
    let parser = try RecordParser(schemas: schemas)
    self.parser = parser
    self.pseudonymizer = pseudonymizer
    func writer(_ shape: EventShape) throws -> ShapeWriter? {
      try schemas.first { $0.shape == shape }.map { try ShapeWriter(schema: $0, slots: parser.slots, connection: connection) }
    }
    stays = try writer(.stay)
    movements = try writer(.movement)
    departments = try writer(.department)
    rejected = try connection.appender(schema: nil, table: "parsed_rejected", types: [.integer, .bigint, .timestamp, .text])
  }

  deinit { digits.deallocate() }

  /// What makes the staging table of a shape, for tests and tools that have no batch runner.
  package static func createTable(_ schema: EventSchema) -> String {
    let columns = schema.columns.map { "\($0.name) \($0.type.rawValue)" }.joined(separator: ", ")
    return "create or replace temp table parsed_\(schema.shape.rawValue) (\(columns))"
  }

  package static let createRejectedTable =
    "create or replace temp table parsed_rejected (hub_partition integer, hub_offset bigint, enqueued_at timestamp, rule varchar)"

  /// Parses one record into its staging table.
  /// - Parameter isTaken: which shapes (`nil`: a rejected record) are wanted; the rest is passed over.
  package func append(
    partition: Int32, offset: Int64, enqueuedAt: Int64, body: UnsafeRawBufferPointer, where isTaken: (EventShape?) -> Bool = { _ in true }
  ) throws(DuckDBError) {
    switch parser.parse(body) {
    case .rejected(let rule):
      guard isTaken(nil) else { return }
      rejected.setInteger(0, partition)
      rejected.setBigint(1, offset)
      rejected.setBigint(2, enqueuedAt)
      rejected.setText(3, rule)
      try rejected.endRow()
      rejectedCount += 1
    case .shape(let shape):
      let found =
        switch shape {
        case .stay: stays
        case .movement: movements
        case .department: departments
        }
      guard isTaken(shape), let writer = found else { return }
      writer.count += 1
      scratch.reserve(body.count)
      let record = parser.record
      let row = writer.appender
      row.setInteger(0, partition)
      row.setBigint(1, offset)
      row.setBigint(2, enqueuedAt)
      row.setBigint(3, Pseudonymizer.contentHash(body))
      var wrong: UInt64 = 0
      let hospital = writeFields(writer, record, row, &wrong)
      if let hospital { row.setInteger(5, hospital) } else { row.setNull(5) }
      writeKey(identifier(writer.eventSlot, record), row, column: 4)
      if shape != .department { writeIdentity(writer, record, row, hospital) }
      if let column = writer.cancelsColumn { writeKey(identifier(writer.cancelsSlot, record), row, column: column) }
      if wrong == 0 { row.setNull(writer.wrongColumn) } else { row.setText(writer.wrongColumn, writer.names(wrong)) }
      if let unknown = parser.unknownNames(for: shape) { row.setText(writer.wrongColumn + 1, unknown) } else { row.setNull(writer.wrongColumn + 1) }
      try row.endRow()
    }
  }

  /// Hands the rows over to DuckDB.
  package func finish() throws(DuckDBError) {
    for writer in [stays, movements, departments] { try writer?.appender.finish() }
    try rejected.finish()
  }

  /// Converts the declared fields and writes those that have a column.
  /// - Returns: the hospital's number.
  @inline(__always)
  private func writeFields(
    _ writer: ShapeWriter, _ record: RecordParser.Record, _ row: ChunkAppender, _ wrong: inout UInt64
  ) -> Int32? {
    var hospital: Int32?
    for index in 0..<writer.fieldCount {
      let field = writer.fields[index]
      let token = record.token(Int(field.slot))
      let column = Int(field.column)
      if token.kind == .null {
        if column >= 0 { row.setNull(column) }
        continue
      }
      guard let text = scalarText(token, record) else {
        if column >= 0 { row.setNull(column) }
        wrong |= 1 << UInt64(index)
        continue
      }
      var accepted = true
      switch field.kind {
      case .text: if column >= 0, text.count > 0 { row.setBytes(column, UnsafeRawBufferPointer(text)) } else { accepted = text.count > 0 }
      case .identifier, .ignored: break
      case .integer:
        let value = TextForms.integer(text)
        if field.isHospital { hospital = value.map(Int32.init(truncatingIfNeeded:)) }
        if column >= 0, let value { row.setInteger(column, Int32(truncatingIfNeeded: value)) }
        accepted = value != nil
      case .double:
        let value = TextForms.double(text)
        if column >= 0, let value { row.setDouble(column, value) }
        accepted = value != nil
      case .timestamp:
        let value = TextForms.timestamp(text)
        if column >= 0, let value { row.setBigint(column, value) }
        accepted = value != nil
      case .date:
        let value = TextForms.date(text)
        if column >= 0, let value { row.setDate(column, value) }
        accepted = value != nil
      }
      if !accepted {
        if column >= 0 { row.setNull(column) }
        // An empty text is missing, not wrong.
        if text.count > 0 { wrong |= 1 << UInt64(index) }
      }
    }
    return hospital
  }

  /// The pseudonyms and keys of /docs/architecture.md, "Identity".
  @inline(__always)
  private func writeIdentity(_ writer: ShapeWriter, _ record: RecordParser.Record, _ row: ChunkAppender, _ hospital: Int32?) {
    // A record without a hospital goes to quarantine, but whether its patient is missing too must still be told.
    guard let patient = identifier(writer.patientSlot, record) else {
      row.setNull(6)
      row.setNull(7)
      row.setBoolean(8, false)
      row.setNull(9)
      row.setNull(10)
      return
    }
    let pseudonym = UnsafeRawBufferPointer(start: digits, count: 32)
    // What tells the stay is kept before the scratch and `digits` are used again: `patient` may lie in the scratch.
    message.start("patient|", hospital).append(patient)
    pseudonymizer.write(message.bytes, to: digits)
    row.setBytes(6, pseudonym)
    row.setBigint(10, Pseudonymizer.key(pseudonym))
    if let encounter = identifier(writer.encounterSlot, record) {
      message.start("encounter|", hospital).append(encounter)
      pseudonymizer.write(message.bytes, to: digits)
      row.setBytes(7, pseudonym)
      row.setBoolean(8, true)
      row.setBigint(9, Pseudonymizer.key(pseudonym))
    } else if writer.shape == .stay {
      // The journey of a stay without an encounter id is the patient in the hospital.
      message.start("", hospital).append(pseudonym)
      row.setBigint(9, Pseudonymizer.key(message.bytes))
      message.start("stay|", hospital)
      if let patient = identifier(writer.patientSlot, record) { message.append(patient) }
      message.append("|")
      if let slot = writer.admissionSlot, let admission = scalarText(record.token(slot), record) {
        message.append(UnsafeRawBufferPointer(admission))
      }
      pseudonymizer.write(message.bytes, to: digits)
      row.setBytes(7, pseudonym)
      row.setBoolean(8, false)
    } else {
      row.setNull(7)
      row.setBoolean(8, false)
      row.setNull(9)
    }
  }

  private func writeKey(_ identifier: UnsafeRawBufferPointer?, _ row: ChunkAppender, column: Int) {
    if let identifier { row.setBigint(column, Pseudonymizer.key(identifier)) } else { row.setNull(column) }
  }

  /// A text or number's characters, trimmed; `nil` for other values, empty for a missing one. Valid until the next call.
  @inline(__always)
  private func scalarText(_ token: JSONCursor.Token, _ record: RecordParser.Record) -> UnsafeBufferPointer<UInt8>? {
    switch token.kind {
    case .null: UnsafeBufferPointer(start: nil, count: 0)
    case .other: nil
    case .number, .string: token.hasEscape ? unescaped(token, record.cursor) : TextForms.trimmed(record.cursor.base + token.start, token.count)
    }
  }

  @inline(never)
  private func unescaped(_ token: JSONCursor.Token, _ cursor: JSONCursor) -> UnsafeBufferPointer<UInt8>? {
    let count = cursor.unescape(token, to: scratch.pointer)
    // NUL can't stand in a text of every engine: the value has no accepted form.
    for index in 0..<count where scratch.pointer[index] == 0 { return nil }
    return TextForms.trimmed(UnsafePointer(scratch.pointer), count)
  }

  /// An identifier's characters; `nil` if it is missing, empty or no text or number.
  @inline(__always)
  private func identifier(_ slot: Int?, _ record: RecordParser.Record) -> UnsafeRawBufferPointer? {
    guard let slot, let text = scalarText(record.token(slot), record), text.count > 0 else { return nil }
    return UnsafeRawBufferPointer(text)
  }
}
