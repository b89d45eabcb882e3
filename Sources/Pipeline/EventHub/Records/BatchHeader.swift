import CChecksum

/// The 61 bytes before the records of a Kafka RecordBatch v2.
struct BatchHeader: Hashable, Sendable {
  static let byteCount = 61
  /// The checksum covers everything from here to the end of the batch.
  static let checksumStart = 21
  /// What `batchLength` does not count: the base offset and itself.
  static let lengthPrefix = 12
  /// Nothing longer is ever written, so nothing longer is believed.
  static let maximumBatchBytes = 64 << 20
  static let logAppendTime: Int16 = 1 << 3
  static let compressionMask: Int16 = 0b111

  var baseOffset: Int64 = 0
  /// Bytes of the whole batch.
  var totalBytes: Int = BatchHeader.byteCount
  var leaderEpoch: Int32 = 0
  var checksum: UInt32 = 0
  var attributes: Int16 = BatchHeader.logAppendTime
  var baseTimestamp: Int64 = 0
  var maximumTimestamp: Int64 = 0
  var producerID: Int64 = -1
  var producerEpoch: Int16 = -1
  var baseSequence: Int32 = -1
  var count: Int = 0

  /// The offset after the batch.
  var endOffset: Int64 { baseOffset + Int64(count) }
  var hasLogAppendTime: Bool { attributes & Self.logAppendTime != 0 }

  init() {}

  /// Reads a header; nil if these bytes cannot begin one of our batches. The checksum is not looked at.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= Self.byteCount, bytes[16] == 2 else { return nil }
    func read<Integer: FixedWidthInteger>(_ position: Int, _: Integer.Type) -> Integer {
      Integer(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: Integer.self))
    }
    baseOffset = read(0, Int64.self)
    let length = read(8, Int32.self)
    leaderEpoch = read(12, Int32.self)
    checksum = read(17, UInt32.self)
    attributes = read(21, Int16.self)
    let lastOffsetDelta = read(23, Int32.self)
    baseTimestamp = read(27, Int64.self)
    maximumTimestamp = read(35, Int64.self)
    producerID = read(43, Int64.self)
    producerEpoch = read(51, Int16.self)
    baseSequence = read(53, Int32.self)
    let recordCount = read(57, Int32.self)
    totalBytes = Int(length) + Self.lengthPrefix
    count = Int(recordCount)
    guard totalBytes >= Self.byteCount, totalBytes <= Self.maximumBatchBytes, recordCount >= 1,
      lastOffsetDelta == recordCount - 1, baseOffset >= 0, baseOffset < Int64.max - Int64(recordCount)
    else { return nil }
  }

  /// Writes all 61 bytes, with `checksum` as it is.
  func write(to bytes: UnsafeMutableRawBufferPointer) {
    func store<Integer: FixedWidthInteger>(_ value: Integer, _ position: Int) {
      bytes.storeBytes(of: value.bigEndian, toByteOffset: position, as: Integer.self)
    }
    store(baseOffset, 0)
    store(Int32(totalBytes - Self.lengthPrefix), 8)
    store(leaderEpoch, 12)
    store(Int8(2), 16)
    store(checksum, 17)
    store(attributes, 21)
    store(Int32(count - 1), 23)
    store(baseTimestamp, 27)
    store(maximumTimestamp, 35)
    store(producerID, 43)
    store(producerEpoch, 51)
    store(baseSequence, 53)
    store(Int32(count), 57)
  }

  /// Writes the header with the checksum of itself and of `records`.
  mutating func seal(into bytes: UnsafeMutableRawBufferPointer, records: UnsafeRawBufferPointer) {
    write(to: bytes)
    let head = UnsafeRawBufferPointer(rebasing: bytes[Self.checksumStart..<Self.byteCount])
    checksum = pf_crc32c(pf_crc32c(0, head.baseAddress, head.count), records.baseAddress, records.count)
    bytes.storeBytes(of: checksum.bigEndian, toByteOffset: 17, as: UInt32.self)
  }

  /// Whether a whole batch has the checksum that this header, read from it, names.
  func matchesChecksum(of batch: UnsafeRawBufferPointer) -> Bool {
    guard batch.count == totalBytes else { return false }
    let covered = UnsafeRawBufferPointer(rebasing: batch[Self.checksumStart...])
    return pf_crc32c(0, covered.baseAddress, covered.count) == checksum
  }
}
