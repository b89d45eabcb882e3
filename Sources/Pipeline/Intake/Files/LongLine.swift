internal import Crypto

/// What is kept of a line that is too long to be an event.
struct LongLine {
  private var hash = SHA256()
  private(set) var length = 0

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    hash.update(bufferPointer: bytes)
    length += bytes.count
  }

  var digest: String {
    hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
