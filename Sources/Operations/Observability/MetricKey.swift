/// One time series: a family's name and its labels in a fixed order.
struct MetricKey: Hashable, Sendable {
  let name: String
  let labels: [Label]

  struct Label: Hashable, Sendable {
    let name: String
    let value: String
  }

  init(name: String, dimensions: [(String, String)]) {
    self.name = Self.sanitised(name)
    labels = dimensions.map { Label(name: Self.sanitised($0.0), value: $0.1) }.sorted { $0.name < $1.name }
  }

  /// The name as Prometheus allows it: letters, digits and underscores, no digit in front.
  static func sanitised(_ name: String) -> String {
    var bytes = name.utf8.map { byte -> UInt8 in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
      default: UInt8(ascii: "_")
      }
    }
    if let first = bytes.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) { bytes.insert(UInt8(ascii: "_"), at: 0) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// `{name="value",…}` or nothing; `extra` is put last.
  func labelText(_ extra: (name: String, value: String)? = nil) -> String {
    var parts = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
    if let extra { parts.append("\(extra.name)=\"\(extra.value)\"") }
    return parts.isEmpty ? "" : "{" + parts.joined(separator: ",") + "}"
  }

  private static func escaped(_ value: String) -> String {
    var text = ""
    for character in value.unicodeScalars {
      switch character {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      default: text.unicodeScalars.append(character)
      }
    }
    return text
  }
}
