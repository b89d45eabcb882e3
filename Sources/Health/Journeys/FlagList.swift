/// Names of rules in one text, comma-separated, as the `flags` columns hold them.
enum FlagList {
  /// Both lists in one; `nil` if there is nothing in them.
  static func joined(_ first: String?, _ second: String?) -> String? {
    guard let first, !first.isEmpty else { return second.flatMap { $0.isEmpty ? nil : $0 } }
    guard let second, !second.isEmpty else { return first }
    return "\(first),\(second)"
  }

  static func contains(_ list: String?, _ name: String) -> Bool {
    guard let list else { return false }
    if list.utf8.count < name.utf8.count { return false }
    return list.utf8.split(separator: UInt8(ascii: ",")).contains { $0.elementsEqual(name.utf8) }
  }

  /// The list without one of its names.
  static func removing(_ name: String, from list: String?) -> String? {
    guard let list else { return nil }
    let kept = list.split(separator: ",").filter { $0 != name }
    return kept.isEmpty ? nil : kept.joined(separator: ",")
  }
}
