/// Reusable memory for one message at a time. Grows, never shrinks.
final class ByteScratch {
  private var pointer = UnsafeMutablePointer<UInt8>.allocate(capacity: 1024)
  private var capacity = 1024
  private var count = 0

  deinit { pointer.deallocate() }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: pointer, count: count) }

  /// Begins a message with a prefix, a number (nothing for `nil`) and a bar.
  @discardableResult
  func start(_ prefix: StaticString, _ number: Int32?) -> ByteScratch {
    count = 0
    append(prefix)
    guard let number else {
      append("|")
      return self
    }
    if number < 0 { append("-") }
    var rest = number.magnitude
    var divisor: UInt32 = 1
    while rest / divisor >= 10 { divisor &*= 10 }
    while divisor > 0 {
      append(UInt8(truncatingIfNeeded: rest / divisor) &+ 0x30)
      rest %= divisor
      divisor /= 10
    }
    append("|")
    return self
  }

  private func append(_ byte: UInt8) {
    withUnsafeBytes(of: byte) { _ = append($0) }
  }

  @discardableResult
  func append(_ text: StaticString) -> ByteScratch { append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)) }

  @discardableResult
  func append(_ bytes: UnsafeRawBufferPointer) -> ByteScratch {
    if count + bytes.count > capacity {
      let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: max(capacity * 2, count + bytes.count))
      larger.update(from: pointer, count: count)
      pointer.deallocate()
      pointer = larger
      capacity = max(capacity * 2, count + bytes.count)
    }
    if let source = bytes.baseAddress { (pointer + count).update(from: source.assumingMemoryBound(to: UInt8.self), count: bytes.count) }
    count += bytes.count
    return self
  }
}
