/// Kafka's (protobuf's) variable-length integers, zigzag for signed ones.
enum Varint {
  @inline(__always)
  static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value << 1) ^ (value >> 63)) }

  @inline(__always)
  static func size(_ value: Int64) -> Int {
    (70 - (zigzag(value) | 1).leadingZeroBitCount) / 7
  }

  /// Writes at `pointer`, which must have ten bytes of room, and moves it on.
  @inline(__always)
  static func write(_ value: Int64, to pointer: inout UnsafeMutableRawPointer) {
    var rest = zigzag(value)
    while rest >= 0x80 {
      pointer.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
      pointer += 1
      rest >>= 7
    }
    pointer.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
    pointer += 1
  }

  /// Reads from `bytes` at `position` and moves it on; nil if the bytes end too early or the number is too long.
  @inline(__always)
  static func read(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> Int64? {
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while position < bytes.count, shift < 64 {
      let byte = bytes[position]
      position += 1
      result |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return Int64(bitPattern: result >> 1) ^ -Int64(bitPattern: result & 1) }
      shift += 7
    }
    return nil
  }
}
