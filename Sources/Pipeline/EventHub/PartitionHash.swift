/// The partitioner of Kafka's Java client (murmur2), so that a key has one partition whichever client sends it.
enum PartitionHash {
  static func partition(of key: UnsafeRawBufferPointer, count: Int) -> Int {
    Int(murmur2(key) & 0x7fff_ffff) % count
  }

  static func murmur2(_ key: UnsafeRawBufferPointer) -> UInt32 {
    let multiplier: UInt32 = 0x5bd1_e995
    var hash: UInt32 = 0x9747_b28c ^ UInt32(truncatingIfNeeded: key.count)
    var next = 0
    while next + 4 <= key.count {
      var word = UInt32(littleEndian: key.loadUnaligned(fromByteOffset: next, as: UInt32.self)) &* multiplier
      word ^= word >> 24
      hash = (hash &* multiplier) ^ (word &* multiplier)
      next += 4
    }
    let rest = key.count - next
    if rest >= 3 { hash ^= UInt32(key[next + 2]) << 16 }
    if rest >= 2 { hash ^= UInt32(key[next + 1]) << 8 }
    if rest >= 1 { hash = (hash ^ UInt32(key[next])) &* multiplier }
    hash ^= hash >> 13
    hash = hash &* multiplier
    return hash ^ (hash >> 15)
  }
}
