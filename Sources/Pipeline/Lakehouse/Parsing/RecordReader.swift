/// Reads hub records into typed rows: parse, conversion, pseudonyms and keys.
///
/// This is the embedded engine's side of the parse; ``ParseStatement`` writes the same as SQL from the same schemas,
/// and a test holds the two to identical rows. It exists because the profile asked for it: see docs/decisions.
/// One reader a thread.
final class RecordReader {
  /// What a record is.
  enum Outcome {
    /// A row of its shape, valid until the next record is read.
    case row(ParsedRow)
    /// The rule that sends the record to quarantine.
    case rejected(String)
  }

  private let parser: RecordParser
  private let pseudonymizer: Pseudonymizer
  private let stays: ShapeFields?
  private let movements: ShapeFields?
  private let departments: ShapeFields?
  /// Unescaped texts, pseudonyms and names of one record, one after the other.
  private let arena = ByteArena()
  private let message = ByteScratch()

  init(schemas: [EventSchema], pseudonymizer: Pseudonymizer) throws(LakehouseError) {
    let parser = try RecordParser(schemas: schemas)
    self.parser = parser
    self.pseudonymizer = pseudonymizer
    func fields(_ shape: EventShape) -> ShapeFields? {
      schemas.first { $0.shape == shape }.map { ShapeFields(schema: $0, slots: parser.slots) }
    }
    stays = fields(.stay)
    movements = fields(.movement)
    departments = fields(.department)
  }

  /// The row that records of a shape are read into; `nil` if no schema declares the shape.
  func row(of shape: EventShape) -> ParsedRow? { fields(of: shape)?.row }

  private func fields(of shape: EventShape) -> ShapeFields? {
    switch shape {
    case .stay: stays
    case .movement: movements
    case .department: departments
    }
  }

  /// Reads one record.
  /// - Parameter isTaken: which shapes (`nil`: a rejected record) are wanted; the rest is passed over.
  /// - Returns: `nil` for a record that is not wanted.
  func read(
    partition: Int32, offset: Int64, enqueuedAt: Int64, body: UnsafeRawBufferPointer, where isTaken: (EventShape?) -> Bool = { _ in true }
  ) -> Outcome? {
    switch parser.parse(body) {
    case .rejected(let rule): return isTaken(nil) ? .rejected(rule) : nil
    case .shape(let shape):
      guard isTaken(shape), let fields = fields(of: shape) else { return nil }
      arena.empty()
      let record = parser.record
      let row = fields.row
      row.setNumber(0, Int64(partition))
      row.setNumber(1, offset)
      row.setNumber(2, enqueuedAt)
      row.setNumber(3, Pseudonymizer.contentHash(body))
      var wrong: UInt64 = 0
      let hospital = readFields(fields, record, &wrong)
      if let hospital { row.setNumber(5, Int64(hospital)) } else { row.setNull(5) }
      setKey(of: identifier(fields.eventSlot, record), row, column: 4)
      if shape != .department { readIdentity(fields, record, hospital) }
      if let column = fields.cancelsColumn { setKey(of: identifier(fields.cancelsSlot, record), row, column: column) }
      if wrong == 0 { row.setNull(fields.wrongColumn) } else { row.setBytes(fields.wrongColumn, arena.copy(fields.names(wrong))) }
      if let unknown = parser.unknownNames(for: shape) {
        row.setBytes(fields.wrongColumn + 1, arena.copy(unknown))
      } else {
        row.setNull(fields.wrongColumn + 1)
      }
      return .row(row)
    }
  }

  /// Converts the declared fields and keeps those that have a column.
  /// - Returns: the hospital's number.
  @inline(__always)
  private func readFields(_ shape: ShapeFields, _ record: RecordParser.Record, _ wrong: inout UInt64) -> Int32? {
    let row = shape.row
    var hospital: Int32?
    for index in 0..<shape.fieldCount {
      let field = shape.fields[index]
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
        if column >= 0, let value { row.setNumber(column, value) }
        accepted = value != nil
      case .double:
        let value = TextForms.double(text)
        if column >= 0, let value { row.setDouble(column, value) }
        accepted = value != nil
      case .timestamp:
        let value = TextForms.timestamp(text)
        if column >= 0, let value { row.setNumber(column, value) }
        accepted = value != nil
      case .date:
        let value = TextForms.date(text)
        if column >= 0, let value { row.setNumber(column, Int64(value)) }
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
  private func readIdentity(_ shape: ShapeFields, _ record: RecordParser.Record, _ hospital: Int32?) {
    let row = shape.row
    row.setNull(7)
    row.setBoolean(8, false)
    row.setNull(9)
    // A record without a hospital goes to quarantine, but whether its patient is missing too must still be told.
    guard let patient = identifier(shape.patientSlot, record) else {
      row.setNull(6)
      row.setNull(10)
      return
    }
    message.start("patient|", hospital).append(patient)
    let patientPseudonym = pseudonym(of: message.bytes)
    row.setBytes(6, patientPseudonym)
    row.setNumber(10, Pseudonymizer.key(patientPseudonym))
    if let encounter = identifier(shape.encounterSlot, record) {
      message.start("encounter|", hospital).append(encounter)
      let pseudonym = pseudonym(of: message.bytes)
      row.setBytes(7, pseudonym)
      row.setBoolean(8, true)
      row.setNumber(9, Pseudonymizer.key(pseudonym))
    } else if shape.shape == .stay {
      // The journey of a stay without an encounter id is the patient in the hospital.
      message.start("", hospital).append(patientPseudonym)
      row.setNumber(9, Pseudonymizer.key(message.bytes))
      message.start("stay|", hospital).append(patient).append("|")
      if let slot = shape.admissionSlot, let admission = scalarText(record.token(slot), record) {
        message.append(UnsafeRawBufferPointer(admission))
      }
      row.setBytes(7, pseudonym(of: message.bytes))
    }
  }

  private func pseudonym(of message: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let target = arena.take(32)
    pseudonymizer.write(message, to: target)
    return UnsafeRawBufferPointer(start: target, count: 32)
  }

  private func setKey(of identifier: UnsafeRawBufferPointer?, _ row: ParsedRow, column: Int) {
    if let identifier { row.setNumber(column, Pseudonymizer.key(identifier)) } else { row.setNull(column) }
  }

  /// A text or number's characters, trimmed; `nil` for other values, empty for a missing one.
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
    let target = arena.take(token.count)
    let count = cursor.unescape(token, to: target)
    // NUL can't stand in a text of every engine: the value has no accepted form.
    for index in 0..<count where target[index] == 0 { return nil }
    return TextForms.trimmed(UnsafePointer(target), count)
  }

  /// An identifier's characters; `nil` if it is missing, empty or no text or number.
  @inline(__always)
  private func identifier(_ slot: Int?, _ record: RecordParser.Record) -> UnsafeRawBufferPointer? {
    guard let slot, let text = scalarText(record.token(slot), record), text.count > 0 else { return nil }
    return UnsafeRawBufferPointer(text)
  }
}
