/// What the reader has to know of one shape's fields, looked up once, and the row that it fills.
final class ShapeFields {
  /// A declared field as the hot loop needs it: of trivial parts.
  struct Field {
    var slot: Int32
    /// -1 for a field without a column.
    var column: Int32
    var kind: EventField.Kind
    var isHospital: Bool
  }

  let shape: EventShape
  let row: ParsedRow
  let fields: UnsafeMutablePointer<Field>
  let fieldCount: Int
  let wrongColumn: Int
  let cancelsColumn: Int?
  let patientSlot: Int?
  let encounterSlot: Int?
  let eventSlot: Int?
  let cancelsSlot: Int?
  let admissionSlot: Int?
  private let fieldNames: [String]

  init(schema: EventSchema, slots: [String: Int]) {
    let columns = schema.columns
    shape = schema.shape
    row = ParsedRow(shape: schema.shape, columns: columns)
    let read = schema.fields.filter { $0.kind != .ignored && slots[$0.name] != nil }
    fieldNames = read.map(\.name)
    fieldCount = read.count
    fields = .allocate(capacity: max(1, read.count))
    for (index, field) in read.enumerated() {
      let column = field.column.flatMap { name in columns.firstIndex { $0.name == name } } ?? -1
      (fields + index).initialize(
        to: Field(slot: Int32(slots[field.name] ?? 0), column: Int32(column), kind: field.kind, isHospital: field.role == .hospital))
    }
    wrongColumn = columns.count - 2
    cancelsColumn = columns.firstIndex { $0.name == "cancels_event_key" }
    func slot(_ role: EventField.Role) -> Int? { schema.fields.first { $0.role == role }.flatMap { slots[$0.name] } }
    patientSlot = slot(.patient)
    encounterSlot = slot(.encounter)
    eventSlot = slot(.event)
    cancelsSlot = slot(.cancels)
    admissionSlot = schema.fields.first { $0.name == "admission_time" }.flatMap { slots[$0.name] }
  }

  deinit { fields.deallocate() }

  /// The names of the fields in a mask over positions, comma-separated.
  func names(_ mask: UInt64) -> String {
    fieldNames.indices.filter { mask & (1 << UInt64($0)) != 0 }.map { fieldNames[$0] }.joined(separator: ",")
  }
}
