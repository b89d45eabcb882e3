internal import Yams

/// The declared fields of one shape: the single source of the parser, of the parse statements of both engines and of
/// what counts as drift.
public struct EventSchema: Sendable {
  public let shape: EventShape
  public let fields: [EventField]

  public init(shape: EventShape, fields: [EventField]) throws(LakehouseError) {
    self.shape = shape
    self.fields = fields
    guard fields.count <= 64 else { throw LakehouseError(.configuration, "schema \(shape.rawValue): at most 64 fields") }
    guard Set(fields.map(\.name)).count == fields.count else {
      throw LakehouseError(.configuration, "schema \(shape.rawValue): a field is declared twice")
    }
  }

  /// Reads a file of `config/schemas`.
  public init(yaml: String, file: String) throws(LakehouseError) {
    struct File: Decodable {
      struct Field: Decodable {
        var name: String
        var kind: String
        var role: String?
        var column: String?
      }
      var shape: String
      var fields: [Field]
    }
    let decoded: File
    do { decoded = try YAMLDecoder().decode(File.self, from: yaml) } catch {
      throw LakehouseError(.configuration, "\(file) is not a schema: \(error)")
    }
    guard let shape = EventShape(rawValue: decoded.shape) else {
      throw LakehouseError(.configuration, "\(file): shape must be one of \(EventShape.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    var fields: [EventField] = []
    for field in decoded.fields {
      guard let kind = EventField.Kind(rawValue: field.kind) else {
        throw LakehouseError(.configuration, "\(file): field \(field.name) has the unknown kind \(field.kind)")
      }
      let role = field.role.flatMap(EventField.Role.init(rawValue:))
      guard (field.role == nil) == (role == nil) else {
        throw LakehouseError(.configuration, "\(file): field \(field.name) has an unknown role")
      }
      fields.append(EventField(name: field.name, kind: kind, role: role, column: field.column))
    }
    try self.init(shape: shape, fields: fields)
  }

  /// The columns of `parsed.<shape>`: the head that every shape has, then the declared ones, then `wrong` and `unknown`.
  var columns: [(name: String, type: ParsedColumnType)] {
    var head: [(String, ParsedColumnType)] = [
      ("hub_partition", .integer), ("hub_offset", .bigint), ("enqueued_at", .timestamp), ("content_hash", .bigint),
      ("event_key", .bigint), ("hospital_id", .integer),
    ]
    if shape != .department {
      head += [
        ("patient_id", .text), ("encounter_id", .text), ("has_encounter_id", .boolean), ("journey_key", .bigint),
        ("patient_key_hash", .bigint),
      ]
    }
    if shape == .movement { head.append(("cancels_event_key", .bigint)) }
    let declared = fields.compactMap { field in field.column.map { ($0, ParsedColumnType(field.kind)) } }
    return head + declared + [("wrong", .text), ("unknown", .text)]
  }
}

/// The types that parsed columns have on both engines.
enum ParsedColumnType: String, Sendable {
  case integer = "INTEGER", bigint = "BIGINT", double = "DOUBLE", text = "VARCHAR", boolean = "BOOLEAN"
  case timestamp = "TIMESTAMP", date = "DATE"

  init(_ kind: EventField.Kind) {
    switch kind {
    case .integer: self = .integer
    case .double: self = .double
    case .timestamp: self = .timestamp
    case .date: self = .date
    case .identifier, .text, .ignored: self = .text
    }
  }
}
