/// A set of 60-bit keys in one block of memory: 8 bytes a slot, at most 70 % full. A million keys take 12 to 23 MB.
///
/// `Set<Int64>` would take about twice that and hash with SipHash; these keys are hashes already.
struct KeySet {
  private var slots: [Int64]
  private var mask: Int
  private(set) var count = 0
  // Keys are never negative: pf_key gives 60 bits.
  private static let empty: Int64 = -1
  private static let deleted: Int64 = -2
  private var used = 0

  init(minimumCapacity: Int = 1024) {
    var size = 2048
    while size * 7 / 10 < minimumCapacity { size *= 2 }
    slots = Array(repeating: Self.empty, count: size)
    mask = size - 1
  }

  @inline(__always)
  func contains(_ key: Int64) -> Bool {
    var index = Int(truncatingIfNeeded: key) & mask
    while slots[index] != Self.empty {
      if slots[index] == key { return true }
      index = (index &+ 1) & mask
    }
    return false
  }

  mutating func insert(_ key: Int64) {
    guard !contains(key) else { return }
    if (used + 1) * 10 > slots.count * 7 { grow() }
    var index = Int(truncatingIfNeeded: key) & mask
    while slots[index] >= 0 { index = (index &+ 1) & mask }
    if slots[index] == Self.empty { used += 1 }
    slots[index] = key
    count += 1
  }

  mutating func remove(_ key: Int64) {
    var index = Int(truncatingIfNeeded: key) & mask
    while slots[index] != Self.empty {
      if slots[index] == key {
        slots[index] = Self.deleted
        count -= 1
        return
      }
      index = (index &+ 1) & mask
    }
  }

  private mutating func grow() {
    let old = slots
    let size = count * 10 > slots.count * 5 ? slots.count * 2 : slots.count
    slots = Array(repeating: Self.empty, count: size)
    mask = size - 1
    used = 0
    count = 0
    for key in old where key >= 0 { insert(key) }
  }
}
