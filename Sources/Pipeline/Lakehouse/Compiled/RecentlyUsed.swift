/// What was used last, by key: a dictionary that forgets the rest.
///
/// Two dictionaries take turns. When the younger holds half of the capacity it becomes the older one, and what the older held and
/// nobody asked for since is forgotten.
package struct RecentlyUsed<Value> {
  private let half: Int
  private var younger: [Int64: Value] = [:]
  private var older: [Int64: Value] = [:]

  package init(capacity: Int) { half = max(1, capacity / 2) }

  package var count: Int { younger.count + older.count }

  package mutating func value(_ key: Int64) -> Value? {
    if let value = younger[key] { return value }
    guard let value = older.removeValue(forKey: key) else { return nil }
    insert(value, key)
    return value
  }

  package mutating func insert(_ value: Value, _ key: Int64) {
    if younger.count >= half, younger[key] == nil { (older, younger) = (younger, [:]) }
    older[key] = nil
    younger[key] = value
  }

  package mutating func removeAll() { (younger, older) = ([:], [:]) }
}
