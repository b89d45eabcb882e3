import Yams

/// Holds an answer to the schemas of the OpenAPI document: types, required and unknown properties, enumerations, minima.
struct SchemaCheck {
  let document: Node

  init() throws {
    guard let document = try Yams.compose(yaml: Project.text("docs/api/openapi.yaml")) else { throw Missing(what: "openapi.yaml") }
    self.document = document
  }

  struct Missing: Error {
    let what: String
  }

  /// What is wrong with the answer; empty if it agrees.
  func faults(_ answer: JSON, schema name: String) -> [String] {
    guard let schema = document["components"]?["schemas"]?[name] else { return ["there is no schema \(name)"] }
    var faults: [String] = []
    check(answer, schema, at: name, &faults)
    if case .object(let fields) = answer {
      let known = properties(of: schema)
      for key in fields.keys where !known.contains(key) { faults.append("\(name).\(key) is not in the document") }
    }
    return faults
  }

  private func resolved(_ schema: Node) -> Node {
    guard let reference = schema["$ref"]?.string else { return schema }
    var node = document
    for part in reference.split(separator: "/").dropFirst() { node = node[String(part)] ?? node }
    return resolved(node)
  }

  private func properties(of schema: Node) -> Set<String> {
    let schema = resolved(schema)
    var names = Set((schema["properties"]?.mapping?.keys).map { $0.compactMap(\.string) } ?? [])
    for part in schema["allOf"]?.array() ?? [] { names.formUnion(properties(of: part)) }
    return names
  }

  private func check(_ value: JSON, _ schema: Node, at path: String, _ faults: inout [String]) {
    let schema = resolved(schema)
    for part in schema["allOf"]?.array() ?? [] { check(value, part, at: path, &faults) }
    let types = schema["type"].map { $0.string.map { [$0] } ?? $0.array().compactMap(\.string) } ?? []
    if !types.isEmpty, !types.contains(where: { Self.matches(value, $0) }) { faults.append("\(path) is \(value), not \(types)") }
    if let allowed = schema["enum"]?.array().map({ $0.string ?? "null" }), let text = value.text, !allowed.contains(text) {
      faults.append("\(path) is \(text), not one of \(allowed)")
    }
    if let minimum = schema["minimum"]?.float, let number = value.number, number < minimum { faults.append("\(path) is below \(minimum)") }
    for name in schema["required"]?.array().compactMap(\.string) ?? [] where !value.keys.contains(name) {
      faults.append("\(path).\(name) is missing")
    }
    for (name, part) in schema["properties"]?.mapping ?? [:] {
      if let name = name.string, value.keys.contains(name) { check(value[name], part, at: "\(path).\(name)", &faults) }
    }
    if let items = schema["items"] {
      for (index, element) in value.elements.enumerated() { check(element, items, at: "\(path)[\(index)]", &faults) }
    }
  }

  private static func matches(_ value: JSON, _ type: String) -> Bool {
    switch (type, value) {
    case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object), ("number", .number): true
    case ("integer", .number(let number)): number == number.rounded()
    default: false
    }
  }
}
