/// One thing that can be configured. All of them stand in ``Settings/all``, so that flags, environment, file, help,
/// `config show` and docs/configuration.md can't tell different stories.
struct Setting: Sendable {
  enum Kind: String, Sendable {
    case text, integer, number, boolean, duration, bytes
  }

  /// The key in the configuration file, such as `lakehouse.memory_limit`.
  let key: String
  let kind: Kind
  /// The default, as it would be written.
  let standard: String
  let isSecret: Bool
  let meaning: String

  init(_ key: String, _ kind: Kind, _ standard: String, isSecret: Bool = false, _ meaning: String) {
    self.key = key
    self.kind = kind
    self.standard = standard
    self.isSecret = isSecret
    self.meaning = meaning
  }

  /// `PATIENTFLOW_LAKEHOUSE_MEMORY_LIMIT` for `lakehouse.memory_limit`.
  var environmentName: String {
    "PATIENTFLOW_" + key.uppercased().map { $0 == "." ? "_" : String($0) }.joined()
  }

  /// What is wrong with a value, `nil` if nothing.
  func problem(with value: String) -> String? {
    switch kind {
    case .text: nil
    case .integer: Int(value) == nil ? "must be a whole number" : nil
    case .number: Double(value) == nil ? "must be a number" : nil
    case .boolean: ["true", "false"].contains(value) ? nil : "must be true or false"
    case .duration: DurationText.seconds(value) == nil ? "must be a duration such as 500ms, 10s, 5m, 2h or 14d" : nil
    case .bytes: ByteText.bytes(value) == nil ? "must be a size such as 64MB or 1GB" : nil
    }
  }
}

/// `500ms`, `10s`, `5m`, `2h`, `14d`.
enum DurationText {
  static func seconds(_ text: String) -> Double? {
    let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)]
    for (unit, factor) in units where text.hasSuffix(unit) {
      if let number = Double(text.dropLast(unit.count)), number >= 0 { return number * factor }
    }
    return nil
  }
}

/// `64MB`, `1GB`; powers of ten as DuckDB reads them.
enum ByteText {
  static func bytes(_ text: String) -> Int64? {
    for (unit, factor) in [("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12)] where text.uppercased().hasSuffix(unit) {
      if let number = Double(text.dropLast(2)), number >= 0 { return Int64(number * factor) }
    }
    return Int64(text)
  }
}
