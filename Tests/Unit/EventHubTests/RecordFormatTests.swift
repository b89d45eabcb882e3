import CChecksum
import EventHub
import Testing

@Suite("Record batches")
struct RecordFormatTests {
  /// Made with kafka-python 3.0.12 (`MemoryRecordsBuilder`, magic 2): three records, one with headers, one without a
  /// key, one with an empty key and value.
  static let kafkaPython =
    "0000000000000000000000610000000002c7ab6d400000000000020000018bcfe568000000018bcfe568faffffffffffffffffffffffffffff"
    + "000000033000000008317c50310e7b2261223a317d0402680278026e011c00f40302010e7b2262223a327d000e00c70104000000"

  static func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex.utf8)
    return stride(from: 0, to: digits.count, by: 2)
      .compactMap { UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16) }
  }

  @Test("The checksum is CRC-32C, with the processor's instruction and without")
  func checksum() {
    var random = SeededGenerator(seed: 1)
    let digits = Array("123456789".utf8)
    #expect(pf_crc32c(0, digits, digits.count) == 0xe306_9283)
    #expect(pf_crc32c_portable(0, digits, digits.count) == 0xe306_9283)
    for count in 0..<200 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      let split = Int.random(in: 0...count, using: &random)
      let whole = pf_crc32c(0, bytes, count)
      #expect(whole == pf_crc32c_portable(0, bytes, count))
      let first = pf_crc32c(0, bytes, split)
      #expect(whole == Array(bytes[split...]).withUnsafeBytes { pf_crc32c(first, $0.baseAddress, $0.count) })
    }
  }

  @Test("What lies on the disk is a Kafka RecordBatch v2, byte for byte")
  func layout() async throws {
    let files = FaultFileSystem()
    let hub = try HubFixture.open(files, clock: { 1_700_000_000_000 })
    try await HubFixture.append(hub, ["x"], key: "k")
    try await HubFixture.append(hub, ["", "yz"])
    let log = try #require(files.contents("hub/partition-0/00000000000000000000.log"))
    let first =
      "0000000000000000" + "0000003a" + "00000000" + "02"  // base offset, length, leader epoch, magic
      + "CHECKSUM" + "0008" + "00000000" + "0000018bcfe56800" + "0000018bcfe56800"  // attributes (log append time), last delta, times
      + "ffffffffffffffff" + "ffff" + "ffffffff" + "00000001"  // producer, epoch, sequence, count
      + "10" + "00" + "00" + "00" + "02" + "6b" + "02" + "78" + "00"  // length 8, attributes, deltas 0 0, key "k", value "x", no headers
    let second =
      "0000000000000001" + "00000041" + "00000000" + "02" + "CHECKSUM" + "0008" + "00000001" + "0000018bcfe56800"
      + "0000018bcfe56800" + "ffffffffffffffff" + "ffff" + "ffffffff" + "00000002"
      + "0c" + "00" + "00" + "00" + "01" + "00" + "00"  // length 6, no key (-1), empty value
      + "10" + "00" + "00" + "02" + "01" + "04" + "797a" + "00"  // length 8, offset delta 1
    var expected: [UInt8] = []
    for batch in [first, second] {
      var bytes = Self.bytes(batch.replacing("CHECKSUM", with: "00000000"))
      let checksum = bytes[21...].withUnsafeBytes { pf_crc32c_portable(0, $0.baseAddress, $0.count) }
      for byte in 0..<4 { bytes[17 + byte] = UInt8(truncatingIfNeeded: checksum >> (24 - 8 * UInt32(byte))) }
      expected += bytes
    }
    #expect(log == expected)
  }

  @Test("A batch that kafka-python built is taken, and its records and headers come out again")
  func takesKafkaBatch() async throws {
    let hub = try HubFixture.open(FaultFileSystem())
    let batch = try Self.bytes(Self.kafkaPython).withUnsafeBytes { try EventBatch(kafkaBatch: $0) }
    let bulk = hub.bulkWriter()
    #expect(try await bulk.append(batch, partition: 0) == 0..<3)
    #expect(try await bulk.append(batch, partition: 0) == 3..<6)
    try await bulk.flush()
    let events = try HubFixture.all(hub)
    #expect(events.map(\.key) == ["1|P1", nil, "", "1|P1", nil, ""])
    #expect(events.map(\.value) == ["{\"a\":1}", "{\"b\":2}", "", "{\"a\":1}", "{\"b\":2}", ""])
    #expect(events.map(\.enqueued) == Array(repeating: 1_800_000_000_000, count: 6))
    var headers: [String] = []
    try hub.read(partition: 0, from: 0, maxBytes: 1).forEach { record in
      record.forEachHeader { name, value in
        let content = value.map { String(decoding: $0, as: UTF8.self) } ?? "nil"
        headers.append("\(record.offset) \(String(decoding: name, as: UTF8.self)) \(content)")
      }
    }
    #expect(headers == ["0 h x", "0 n nil"])
  }

  @Test("A foreign batch with any bit turned after its checksum is refused", arguments: 17..<109)
  func refusesDamagedKafkaBatch(byte: Int) async throws {
    for bit in 0..<8 {
      var bytes = Self.bytes(Self.kafkaPython)
      bytes[byte] ^= 1 << bit
      let error = try await HubFixture.failure { _ = try bytes.withUnsafeBytes { try EventBatch(kafkaBatch: $0) } }
      #expect(error.code == .malformed)
    }
  }

  @Test(
    "Compressed, transactional and control batches are refused, with the right checksum too",
    arguments: [1, 2, 4, 16, 32] as [UInt8])
  func refusesUnsupported(attributes: UInt8) async throws {
    let error = try await HubFixture.failure {
      _ = try Self.resealed { $0[22] = attributes }.withUnsafeBytes { try EventBatch(kafkaBatch: $0) }
    }
    #expect(error.code == .unsupported)
  }

  @Test("A batch whose records do not add up is refused, with the right checksum too")
  func refusesMalformedRecords() async throws {
    for byte in [61, 64, 65, 70] {
      let error = try await HubFixture.failure {
        _ = try Self.resealed { $0[byte] = 0x7f }.withUnsafeBytes { try EventBatch(kafkaBatch: $0) }
      }
      #expect(error.code == .malformed)
    }
  }

  static func resealed(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
    var bytes = bytes(kafkaPython)
    change(&bytes)
    let checksum = bytes[21...].withUnsafeBytes { pf_crc32c(0, $0.baseAddress, $0.count) }
    for byte in 0..<4 { bytes[17 + byte] = UInt8(truncatingIfNeeded: checksum >> (24 - 8 * UInt32(byte))) }
    return bytes
  }

  @Test("Events of every size around the varints' steps come back as they were sent")
  func sizes() async throws {
    let hub = try HubFixture.open(FaultFileSystem())
    let sizes = [0, 1, 62, 63, 64, 65, 126, 127, 128, 8190, 8191, 8192, 16383, 16384, 100_000]
    let values = sizes.map { String(repeating: "v", count: $0) }
    for value in values { try await HubFixture.append(hub, [value], key: String(value.prefix(300))) }
    try await HubFixture.append(hub, values, key: "all")
    #expect(try HubFixture.all(hub).map(\.value) == values + values)
  }

  @Test("A copy of a builder does not see what is added to the other")
  func buildersAreValues() throws {
    var first = EventBatchBuilder(reservingBytes: 4096)
    first.append(key: nil, value: [1])
    var second = first
    first.append(key: nil, value: [2, 2])
    second.append(key: nil, value: [3])
    let batches = (first.finish(), second.finish())
    #expect(try #require(batches.0).byteCount == #require(batches.1).byteCount + 1)
    #expect(first.isEmpty)
  }

  @Test(
    "Keys go to the partitions that Kafka's Java client chooses",
    arguments: [
      ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
      ("a-little-bit-longer-string", -1_486_304_829), ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
      ("abc", 479_470_107),
    ] as [(String, Int32)])
  func partitions(key: String, hash: Int32) throws {
    let hub = try HubFixture.open(FaultFileSystem(), HubFixture.configuration(partitions: 7))
    #expect(hub.partition(forKey: key) == Int(UInt32(bitPattern: hash) & 0x7fff_ffff) % 7)
  }
}
