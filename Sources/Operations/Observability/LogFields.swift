internal import Logging

/// The fields of a log line, and how they are written.
enum LogFields {
  /// Fields sorted by name; what the call gave wins over the logger's own, and that over the provider's.
  static func merged(_ own: Logger.Metadata, _ provider: Logger.MetadataProvider?, _ event: LogEvent) -> [(key: String, value: String)] {
    var all = provider?.get() ?? [:]
    all.merge(own) { $1 }
    if let given = event.metadata { all.merge(given) { $1 } }
    var fields = all.map { (key: $0.key, value: $0.value.description) }
    // Errors of this product say where and why, never what stood there (docs/decisions), so they may be logged.
    if let error = event.error { fields.append((key: "error", value: String(describing: error))) }
    return fields.sorted { $0.key < $1.key }
  }

  /// Line ends inside a message would let one entry pass for two.
  static func oneLine(_ text: String) -> String {
    text.contains(where: \.isNewline) ? text.split(whereSeparator: \.isNewline).joined(separator: " ") : text
  }

  static func quotedIfNeeded(_ value: String) -> String {
    let plain = !value.isEmpty && value.unicodeScalars.allSatisfy { $0.value > 0x20 && $0 != "\"" && $0 != "=" && $0.value != 0x7F }
    return plain ? value : json(value)
  }

  static func json(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
