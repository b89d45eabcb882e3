import CChecksum
import EventHub
import Testing

@Suite("Recovery")
struct RecoveryTests {
  static let log = "hub/partition-0/00000000000000000000.log"

  /// The files of a hub that was killed after these batches, and where each batch begins in the log.
  private func killed(batches: Int, bulkAfter: Int? = nil) async throws -> (files: [String: [UInt8]], starts: [Int]) {
    let files = FaultFileSystem()
    let hub = try HubFixture.open(files)
    var starts: [Int] = []
    let bulk = hub.bulkWriter()
    for batch in 0..<batches {
      starts.append(files.contents(Self.log)?.count ?? 0)
      let values = (0...batch % 3).map { "batch \(batch) event \($0) " + String(repeating: "x", count: batch * 7) }
      if let bulkAfter, batch >= bulkAfter {
        try await bulk.append(HubFixture.batch(values), partition: 0)
      } else {
        try await HubFixture.append(hub, values, key: "k\(batch)")
      }
    }
    files.kill()
    let contents = Dictionary(uniqueKeysWithValues: files.paths.map { ($0, files.contents($0) ?? []) })
    return (contents, starts)
  }

  private func disk(_ contents: [String: [UInt8]], log: [UInt8]? = nil) -> FaultFileSystem {
    let files = FaultFileSystem()
    for (path, bytes) in contents { files.plant(path == Self.log ? log ?? bytes : bytes, at: path) }
    return files
  }

  private func batch(_ event: StoredEvent) -> Int { Int(event.value.split(separator: " ")[1]) ?? -1 }

  @Test("Of a log cut at any byte of its last two batches, exactly the whole batches are kept, and it can be written on")
  func tornTail() async throws {
    let (contents, starts) = try await killed(batches: 6)
    let whole = try #require(contents[Self.log])
    for length in starts[4]...whole.count {
      let files = disk(contents, log: Array(whole[..<length]))
      let hub = try HubFixture.open(files)
      let expected = length == whole.count ? 6 : length >= starts[5] ? 5 : 4
      let events = try HubFixture.all(hub)
      #expect(Set(events.map(batch)) == Set(0..<expected), "cut at \(length)")
      #expect(hub.damage.isEmpty)
      #expect(files.contents(Self.log)?.count == (starts + [whole.count])[expected])
      try await HubFixture.append(hub, ["batch 99 new"])
      #expect(try HubFixture.all(hub).count == events.count + 1)
    }
  }

  @Test("A byte turned in the middle is reported with its position and is not cut; a person passes over it, once")
  func damageInTheMiddle() async throws {
    let (contents, starts) = try await killed(batches: 6)
    let whole = try #require(contents[Self.log])
    for byte in starts[2]..<starts[3] {
      var log = whole
      log[byte] ^= 0x10
      let files = disk(contents, log: log)
      var hub = try HubFixture.open(files)
      let place = LogPosition(partition: 0, file: "00000000000000000000.log", byte: Int64(starts[2]), offset: 3)
      #expect(hub.damage == [place], "byte \(byte - starts[2]) of the batch")
      #expect(files.contents(Self.log) == log)
      let error = try await HubFixture.failure { _ = try HubFixture.all(hub) }
      #expect(error.code == .corrupt && error.position == place && !error.isRetryable)
      #expect(try hub.read(partition: 0, from: 6, maxBytes: 1).count > 0)
      // Without a near index entry the way to offset 7 leads over the damage, which may lead astray but is found.
      var sparse = HubFixture.configuration()
      sparse.indexIntervalBytes = 1 << 16
      let far = try HubFixture.open(disk(contents, log: log), sparse)
      do { _ = try far.read(partition: 0, from: 7, maxBytes: 1) } catch { #expect(error.position == place) }
      // New events come after the old ones, and opening again finds the same.
      try await HubFixture.append(hub, ["batch 6 new"])
      try await hub.close()
      hub = try HubFixture.open(files)
      #expect(hub.damage == [place])
      #expect(try await HubFixture.failure { _ = try await hub.skipCorruption(partition: 0, at: 0) }.code == .offsetOutOfRange)
      #expect(try await hub.skipCorruption(partition: 0, at: 3) == 3..<6)
      for _ in 0..<2 {
        #expect(try HubFixture.all(hub).map(batch) == [0, 1, 1, 3, 4, 4, 5, 5, 5, 6])
        #expect(try hub.read(partition: 0, from: 4, maxBytes: 1).startOffset == 6)
        #expect(hub.damage.isEmpty)
        try await hub.close()
        hub = try HubFixture.open(files)
      }
    }
  }

  @Test("After an orderly close a damaged last batch is damage and not a torn tail")
  func damageAtTheEndAfterClose() async throws {
    let files = FaultFileSystem()
    let first = try HubFixture.open(files)
    try await HubFixture.append(first, ["a"])
    try await HubFixture.append(first, ["b"])
    try await first.close()
    let whole = try #require(files.contents(Self.log))
    for damaged in [Array(whole.dropLast(1)), Array(whole.dropLast(whole.count / 2)), whole.dropLast() + [0x55]] {
      files.plant(damaged, at: Self.log)
      let checkpoint = try #require(files.contents("hub/partition-0/checkpoint"))
      let hub = try HubFixture.open(files)
      #expect(hub.damage.map(\.offset) == [1])
      #expect(try await HubFixture.append(hub, ["c"])[0].offset == 2)
      #expect(try await hub.skipCorruption(partition: 0, at: 1) == 1..<2)
      #expect(try HubFixture.all(hub).map(\.value) == ["a", "c"])
      try await hub.close()
      files.plant(checkpoint, at: "hub/partition-0/checkpoint")
      for path in files.paths where path.contains("00002") || path.hasSuffix("skipped") { try files.remove(path) }
    }
  }

  @Test("Offsets that a consumer group has committed are never given to other events")
  func committedBeyondTheEnd() async throws {
    let files = FaultFileSystem()
    let first = try HubFixture.open(files)
    for value in ["a", "b", "c"] { try await HubFixture.append(first, [value]) }
    try await first.commit(group: "g", offsets: [0: 3])
    files.kill()
    let whole = try #require(files.contents(Self.log))
    files.plant(Array(whole.dropLast(3)), at: Self.log)
    let hub = try HubFixture.open(files)
    #expect(hub.damage.map(\.offset) == [2])
    #expect(try await HubFixture.append(hub, ["d"])[0].offset == 3)
    #expect(try await HubFixture.failure { _ = try HubFixture.all(hub) }.code == .corrupt)
  }

  @Test("Unflushed bulk batches are cut at the first that is not whole, with whole ones after it")
  func tornBulk() async throws {
    let (contents, starts) = try await killed(batches: 8, bulkAfter: 4)
    var log = try #require(contents[Self.log])
    for byte in starts[5]..<starts[6] { log[byte] = 0 }
    let hub = try HubFixture.open(disk(contents, log: log))
    #expect(Set(try HubFixture.all(hub).map(batch)) == Set(0..<5))
    #expect(hub.damage.isEmpty)
    // The same in batches that were confirmed before is damage.
    log = try #require(contents[Self.log])
    log[starts[2] + 70] ^= 1
    let damaged = try HubFixture.open(disk(contents, log: log))
    #expect(damaged.damage.map(\.byte) == [Int64(starts[2])])
    #expect(try damaged.endOffset(partition: 0) == 15)
  }

  @Test("Lost, damaged and stale indexes change nothing that readers see")
  func indexes() async throws {
    let files = FaultFileSystem()
    let configuration = HubFixture.configuration(segmentBytes: 4096)
    var hub = try HubFixture.open(files, configuration)
    for number in 0..<200 { try await HubFixture.append(hub, ["event \(number)"]) }
    let events = try HubFixture.all(hub)
    try await hub.close()
    let indexes = files.paths.filter { $0.hasSuffix(".index") }
    #expect(indexes.count > 2)
    let some = try #require(files.contents(indexes[0]))
    for change in 0..<4 {
      for index in indexes {
        switch change {
        case 0: try files.remove(index)
        case 1: files.plant(some, at: index)
        case 2: files.plant(Array((files.contents(index) ?? []).dropLast()), at: index)
        default: files.plant([], at: index)
        }
      }
      hub = try HubFixture.open(files, configuration)
      #expect(try HubFixture.all(hub) == events)
      #expect(hub.damage.isEmpty)
      try await hub.close()
    }
  }

  @Test("A lost segment in the middle is reported, passed over when told, and the rest is read")
  func lostSegment() async throws {
    let files = FaultFileSystem()
    let configuration = HubFixture.configuration(segmentBytes: 4096)
    var hub = try HubFixture.open(files, configuration)
    for number in 0..<200 { try await HubFixture.append(hub, ["event \(number)"]) }
    let events = try HubFixture.all(hub)
    try await hub.close()
    let logs = files.paths.filter { $0.hasSuffix(".log") }
    try files.remove(logs[1])
    hub = try HubFixture.open(files, configuration)
    let place = try #require(hub.damage.first)
    let lost = try await hub.skipCorruption(partition: 0, at: place.offset)
    #expect(hub.damage.isEmpty)
    #expect(try HubFixture.all(hub) == events.filter { !lost.contains($0.offset) })
    try await hub.close()
    hub = try HubFixture.open(files, configuration)
    #expect(try HubFixture.all(hub) == events.filter { !lost.contains($0.offset) })
  }

  @Test("Damage that comes while the hub runs is found when it is read")
  func damageWhileRunning() async throws {
    let files = FaultFileSystem()
    let hub = try HubFixture.open(files)
    for value in ["a", "b", "c"] { try await HubFixture.append(hub, [value]) }
    var log = try #require(files.contents(Self.log))
    log[log.count - 1] ^= 1
    files.plant(log, at: Self.log)
    let error = try await HubFixture.failure { _ = try HubFixture.all(hub) }
    #expect(error.code == .corrupt && error.position?.offset == 2)
    #expect(try await hub.skipCorruption(partition: 0, at: 2) == 2..<3)
    #expect(try HubFixture.all(hub).map(\.value) == ["a", "b"])
  }

  @Test("Damaged offsets of consumer groups stop the hub from opening: starting over or at the end would both be wrong")
  func damagedGroups() async throws {
    let files = FaultFileSystem()
    let hub = try HubFixture.open(files)
    try await HubFixture.append(hub, ["a"])
    try await hub.commit(group: "g", offsets: [0: 1])
    try await hub.close()
    var bytes = try #require(files.contents("hub/consumer-groups"))
    bytes[bytes.count / 2] ^= 1
    files.plant(bytes, at: "hub/consumer-groups")
    #expect(try await HubFixture.failure { _ = try HubFixture.open(files) }.code == .corrupt)
  }
}
