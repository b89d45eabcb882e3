/// Finds the slot of a JSON name among the fields of all shapes.
///
/// The shape is known only once the whole object was read (`type` may come last), so one table serves all of them; a
/// slot is a position in the list of distinct names. Names lie in memory of its own: no reference is counted and no
/// access checked for the dozen names of every record.
final class FieldTable {
  /// Distinct names: outer names (fields and the objects that hold fields) and, behind them, inner ones per object.
  let names: [String]
  /// For a slot that is an object with declared fields, its own table.
  let inner: [Int: FieldTable]
  /// The slots of `inner`, as a mask.
  let objects: UInt64

  private struct Entry {
    var offset: Int32
    var count: Int32
    var slot: Int32
    /// The next entry of the same bucket, -1 for none.
    var next: Int32
  }

  private static let bucketCount = 128
  private let buckets: UnsafeMutablePointer<Int32>
  private let entries: UnsafeMutablePointer<Entry>
  private let text: UnsafeMutablePointer<UInt8>

  init(names: [String], firstSlot: Int = 0, inner: [Int: FieldTable] = [:]) {
    self.names = names
    self.inner = inner
    objects = inner.keys.reduce(0) { $0 | 1 << UInt64($1) }
    buckets = .allocate(capacity: Self.bucketCount)
    buckets.initialize(repeating: -1, count: Self.bucketCount)
    entries = .allocate(capacity: max(1, names.count))
    text = .allocate(capacity: max(1, names.reduce(0) { $0 + $1.utf8.count }))
    var used = 0
    for (index, name) in names.enumerated() {
      let bytes = Array(name.utf8)
      (text + used).update(from: bytes, count: bytes.count)
      let bucket = Self.bucket(UnsafeBufferPointer(start: text + used, count: bytes.count))
      let entry = Entry(offset: Int32(used), count: Int32(bytes.count), slot: Int32(firstSlot + index), next: buckets[bucket])
      (entries + index).initialize(to: entry)
      buckets[bucket] = Int32(index)
      used += bytes.count
    }
  }

  deinit {
    buckets.deallocate()
    entries.deallocate()
    text.deallocate()
  }

  /// The table of the given schemas and the number of slots it uses.
  static func combining(_ schemas: [EventSchema]) -> (table: FieldTable, slots: [String: Int]) {
    var outer: [String] = ["type", "reason"]
    var innerNames: [String: [String]] = [:]
    for field in schemas.flatMap(\.fields) {
      let path = field.path
      if !outer.contains(path.outer) { outer.append(path.outer) }
      if let inner = path.inner, innerNames[path.outer]?.contains(inner) != true { innerNames[path.outer, default: []].append(inner) }
    }
    var slots = Dictionary(uniqueKeysWithValues: outer.enumerated().map { ($1, $0) })
    var next = outer.count
    var inner: [Int: FieldTable] = [:]
    for (object, names) in innerNames.sorted(by: { $0.key < $1.key }) {
      guard let slot = slots[object], next + names.count <= 64 else { continue }
      inner[slot] = FieldTable(names: names, firstSlot: next)
      for name in names {
        slots["\(object).\(name)"] = next
        next += 1
      }
    }
    return (FieldTable(names: outer, inner: inner), slots)
  }

  @inline(__always)
  func slot(of name: UnsafeBufferPointer<UInt8>) -> Int? {
    guard name.count > 0 else { return nil }
    var index = buckets[Self.bucket(name)]
    while index >= 0 {
      let entry = entries[Int(index)]
      if Int(entry.count) == name.count {
        let own = text + Int(entry.offset)
        var position = 0
        while position < name.count, own[position] == name[position] { position &+= 1 }
        if position == name.count { return Int(entry.slot) }
      }
      index = entry.next
    }
    return nil
  }

  @inline(__always)
  private static func bucket(_ name: UnsafeBufferPointer<UInt8>) -> Int {
    guard name.count > 0 else { return 0 }
    return (name.count &* 31 &+ Int(name[0]) &* 7 &+ Int(name[name.count &- 1]) &* 3) & (bucketCount - 1)
  }
}
