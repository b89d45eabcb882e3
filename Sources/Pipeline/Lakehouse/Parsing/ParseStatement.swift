/// The parse as SQL: SELECT statements from `bronze.event` to the rows of `parsed.stay`, `parsed.movement`,
/// `parsed.department` and `parsed.rejected`, generated from the declared schemas.
///
/// The text is one for DuckDB and Spark; what they say differently is in ``macros(_:)``. No record can make a statement
/// fail: what is not JSON becomes a row of `parsed.rejected`, a value of no accepted form NULL and a name in `wrong`.
/// ``ParsedWriter`` is the embedded engine's faster way to the same rows; tests hold both, and both engines, together.
/// On Spark the session needs what `models/macros/spark.sql` names.
public struct ParseStatement: Sendable {
  public enum Engine: String, Sendable, CaseIterable {
    case duckDB = "duckdb"
    case spark
  }

  private let schemas: [EventSchema]

  public init(schemas: [EventSchema]) throws(LakehouseError) {
    for field in schemas.flatMap(\.fields) where !field.name.utf8.allSatisfy(Self.isPlain) {
      throw LakehouseError(.configuration, "config/schemas: the name of field \(field.name) may have ASCII letters, digits, _ and - only")
    }
    self.schemas = schemas
  }

  /// Names go into the statements as they are, so they must need no quoting.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x5f, 0x2d, 0x2e: true
    default: false
    }
  }

  /// What a statement reads.
  public enum Source: Sendable {
    /// A relation with the columns of `bronze.event`.
    case events(String)
    /// A relation made by ``recordsSQL(from:)``.
    case records(String)
  }

  /// What each record is, once for all statements that follow: hub_partition, hub_offset, enqueued_at, body, members,
  /// rule, shape. The step that costs most; kept as a temporary table (`members` is a MAP on Spark, text in DuckDB), it
  /// is done once instead of four times.
  /// - Parameter events: a relation with the columns of `bronze.event`.
  public func recordsSQL(from events: String = "bronze.event") -> String {
    Self.told(.events(events)) + "\nselect hub_partition, hub_offset, enqueued_at, body, members, rule, shape from told\n"
  }

  /// The rows of `parsed.<shape>`; `nil` if the shape is not declared.
  public func sql(for shape: EventShape, from source: Source = .events("bronze.event")) -> String? {
    guard let schema = schemas.first(where: { $0.shape == shape }) else { return nil }
    return Self.told(source) + Self.steps(of: schema)
  }

  /// The rows of `parsed.rejected`.
  public func rejectedSQL(from source: Source = .events("bronze.event")) -> String {
    Self.told(source) + "\nselect hub_partition, hub_offset, enqueued_at, rule from told where rule is not null\n"
  }

  /// The steps that all statements share: what each record is.
  private static func told(_ source: Source) -> String {
    switch source {
    case .records(let relation):
      """
      with told as (
        select hub_partition, hub_offset, enqueued_at, body, members, rule, shape from \(relation)
      )
      """
    case .events(let relation):
      """
      with decoded as (
        select hub_partition, hub_offset, enqueued_at, body, pf_body_text(body) as content from \(relation)
      ),
      tagged as (
        select hub_partition, hub_offset, enqueued_at, body, content is not null as is_text, pf_json_tagged(content) as tagged from decoded
      ),
      opened as (
        select hub_partition, hub_offset, enqueued_at, body, is_text, pf_json_members(tagged) as members from tagged
      ),
      typed as (
        select hub_partition, hub_offset, enqueued_at, body, is_text, members, pf_json_member(members, 'type') as told_type from opened
      ),
      told as (
        select
          hub_partition, hub_offset, enqueued_at, body, members,
          case
            when not is_text then 'invalid_utf8'
            when members is null then 'malformed_json'
            when told_type = '_rejected' then
              case when pf_json_member(members, 'reason') = '_too_large' then 'too_large' else 'unknown_type' end
          end as rule,
          case
            when told_type is null then 'stay'
            when told_type = '_department_changed' then 'department'
            else 'movement'
          end as shape
        from typed
      )
      """
    }
  }

  /// A declared field's part of a column name.
  private static func alias(_ field: EventField) -> String {
    field.name.replacing(".", with: "__").replacing("-", with: "_")
  }

  private static func steps(of schema: EventSchema) -> String {
    let fields = schema.fields.filter { $0.kind != .ignored }
    let objects = Set(fields.compactMap { $0.path.inner == nil ? nil : $0.path.outer }).sorted()
    let head = "hub_partition, hub_offset, enqueued_at"
    let members = fields.map { field in
      let path = field.path
      let value = path.inner.map { "pf_json_member(in_\(path.outer), '\($0)')" } ?? "pf_json_member(members, '\(path.outer)')"
      return "\(value) as m_\(alias(field))"
    }
    // `type` tells the shape, so every shape but the one that has none knows it.
    var declared = Set(schema.fields.map(\.path.outer))
    if schema.shape != .stay { declared.insert("type") }
    let texts = fields.map { "m_\(alias($0)), pf_text(m_\(alias($0))) as t_\(alias($0))" }
    let values = fields.map { "\(form($0)) as v_\(alias($0))" }
    // Wrong is what is there, is not an empty text and has no accepted form.
    let wrong = fields.map { field in
      let name = alias(field)
      return "case when m_\(name) is not null and coalesce(t_\(name), '?') <> '' and v_\(name) is null then '\(field.name)' end"
    }
    let opened = objects.isEmpty ? "" : ", " + objects.map { "pf_json_inner(members, '\($0)') as in_\($0)" }.joined(separator: ", ")
    return """
      ,
      shaped as (
        select \(head), pf_content_hash(body) as content_hash, members\(opened)
        from told where rule is null and shape = '\(schema.shape.rawValue)'
      ),
      read as (
        select
          \(head), content_hash, pf_json_unknown(members, '\(declared.sorted().joined(separator: ","))') as unknown,
          \(members.joined(separator: ",\n    "))
        from shaped
      ),
      trimmed as (
        select
          \(head), content_hash, unknown,
          \(texts.joined(separator: ",\n    "))
        from read
      ),
      formed as (
        select
          \(head), content_hash, unknown,
          \(fields.map { "m_\(alias($0)), t_\(alias($0))" }.joined(separator: ", ")),
          \(values.joined(separator: ",\n    "))
        from trimmed
      ),
      checked as (
        select
          \(head), content_hash, unknown,
          \(fields.map { "t_\(alias($0)), v_\(alias($0))" }.joined(separator: ", ")),
          nullif(concat_ws(',',
            \(wrong.joined(separator: ",\n      "))), '') as wrong
        from formed
      )
      """ + identity(schema, fields)
  }

  /// A trimmed text's value; for texts and identifiers the text itself.
  private static func form(_ field: EventField) -> String {
    let text = "t_\(alias(field))"
    return switch field.kind {
    case .text, .identifier, .ignored: "nullif(\(text), '')"
    case .integer: "pf_form_integer(\(text))"
    case .double: "pf_form_double(\(text))"
    case .timestamp: "pf_form_timestamp(\(text))"
    case .date: "pf_form_date(\(text))"
    }
  }

  /// The last steps: pseudonyms and keys, then the columns in their order.
  private static func identity(_ schema: EventSchema, _ fields: [EventField]) -> String {
    func value(_ role: EventField.Role, _ type: String) -> String {
      fields.first { $0.role == role }.map { "v_\(alias($0))" } ?? "cast(null as \(type))"
    }
    let hospital = value(.hospital, "int")
    let encounter = value(.encounter, "string")
    let patient = value(.patient, "string")
    var columns = [
      "event_key": "pf_key(\(value(.event, "string")))", "hospital_id": hospital,
      "cancels_event_key": "pf_key(\(value(.cancels, "string")))",
    ]
    for field in fields { if let column = field.column { columns[column] = "v_\(alias(field))" } }
    func list(_ names: [String]) -> String {
      names.map { name in columns[name].map { "\($0) as \(name)" } ?? name }.joined(separator: ",\n  ")
    }
    let names = schema.columns.map(\.name)
    guard schema.shape != .department else { return "\nselect\n  \(list(names))\nfrom checked\n" }
    let issuer = "coalesce(cast(\(hospital) as string), '')"
    // A stay without an encounter id is told by its raw admission time; a movement without one belongs to no encounter.
    let admission = fields.first { $0.name == "admission_time" }.map { "coalesce(t_\(alias($0)), '')" } ?? "''"
    let derived = schema.shape == .stay ? "pf_pseudonym('stay|' || \(issuer) || '|' || \(patient) || '|' || \(admission))" : "cast(null as string)"
    let journey = schema.shape == .stay ? "pf_key(\(issuer) || '|' || patient_id)" : "cast(null as bigint)"
    columns["has_encounter_id"] = "\(patient) is not null and \(encounter) is not null"
    columns["journey_key"] = "case when \(encounter) is null then \(journey) else pf_key(encounter_id) end"
    columns["patient_key_hash"] = "pf_key(patient_id)"
    return """
      ,
      identified as (
        select
          hub_partition, hub_offset, enqueued_at, content_hash, wrong, unknown,
          \(fields.map { "v_\(alias($0))" }.joined(separator: ", ")),
          case when \(patient) is not null then pf_pseudonym('patient|' || \(issuer) || '|' || \(patient)) end as patient_id,
          case
            when \(patient) is null then null
            when \(encounter) is not null then pf_pseudonym('encounter|' || \(issuer) || '|' || \(encounter))
            else \(derived)
          end as encounter_id
        from checked
      )
      select
        \(list(names))
      from identified

      """
  }
}
