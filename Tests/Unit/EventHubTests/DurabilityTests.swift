import EventHub
import Testing

@Suite("Durability")
struct DurabilityTests {
  @Test("A full disk refuses events, keeps nothing of them, and takes events again when there is room")
  func diskFull() async throws {
    let files = FaultFileSystem()
    var hub = try HubFixture.open(files)
    try await HubFixture.append(hub, ["before"])
    for room in [0, 1, 30, 61, 62, 90, 5000] {
      let log = files.contents(RecoveryTests.log)
      files.change { $0.capacity = $0.usedBytes + room }
      let error = try await HubFixture.failure { try await HubFixture.append(hub, [String(repeating: "x", count: 8000)]) }
      #expect(error.code == .diskFull && error.isRetryable && error.retryAfterSeconds != nil && error.blame == .dependency)
      #expect(files.contents(RecoveryTests.log) == log)
      files.change { $0.capacity = .max }
      try await HubFixture.append(hub, ["after \(room)"])
    }
    let expected = ["before"] + [0, 1, 30, 61, 62, 90, 5000].map { "after \($0)" }
    #expect(try HubFixture.all(hub).map(\.value) == expected)
    files.crash()
    hub = try HubFixture.open(files)
    #expect(try HubFixture.all(hub).map(\.value) == expected)
  }

  @Test("After a failed flush nothing of it is seen, the events can be sent again, and a crash loses nothing older")
  func failedFlush() async throws {
    for seed in 0..<40 {
      let files = FaultFileSystem(seed: seed)
      let hub = try HubFixture.open(files)
      let old = (0..<5).map { "old \($0) " + String(repeating: "o", count: 900) }
      for value in old { try await HubFixture.append(hub, [value]) }
      for attempt in 0..<3 {
        // The second and third failures are those of the repair.
        files.change { $0.failingFlushes = 1 + (seed + attempt) % 3 }
        let lost = "lost " + String(repeating: "l", count: 6000)
        let error = try await HubFixture.failure { try await HubFixture.append(hub, [lost]) }
        #expect(error.code == .syncFailed && error.isRetryable)
        #expect(try HubFixture.all(hub).map(\.value) == old)
      }
      files.change { $0.failingFlushes = 0 }
      try await HubFixture.append(hub, ["new"])
      #expect(try HubFixture.all(hub).map(\.value) == old + ["new"])
      files.crash()
      let again = try HubFixture.open(files)
      #expect(try HubFixture.all(again).map(\.value) == old + ["new"], "seed \(seed)")
      #expect(again.damage.isEmpty)
    }
  }

  @Test("A flush that loses bulk batches says so to the writer that appended them, and to no other")
  func lostBulk() async throws {
    let files = FaultFileSystem(seed: 3)
    let hub = try HubFixture.open(files)
    let bulk = hub.bulkWriter()
    try await bulk.append(HubFixture.batch(["bulk"]), partition: 0)
    files.change { $0.failingFlushes = 1 }
    #expect(try await HubFixture.failure { try await HubFixture.append(hub, ["intake"]) }.code == .syncFailed)
    let other = hub.bulkWriter()
    try await other.append(HubFixture.batch(["other"]), partition: 0)
    let error = try await HubFixture.failure { try await bulk.flush() }
    #expect(error.code == .bulkLost)
    try await other.flush()
    #expect(try HubFixture.all(hub).map(\.value) == ["other"])
  }

  @Test("A partition that cannot be written fails only the requests that touch it, and those as a whole")
  func onePartitionFails() async throws {
    let files = FaultFileSystem()
    let hub = try HubFixture.open(files, HubFixture.configuration(partitions: 2))
    let key = try #require((0..<10).map { "k\($0)" }.first { hub.partition(forKey: $0) == 1 })
    let other = try #require((0..<10).map { "k\($0)" }.first { hub.partition(forKey: $0) == 0 })
    files.change {
      $0.flushDelayMicroseconds = 5000
      $0.failingFlushes = 1000
      $0.failingPath = "partition-1/"
    }
    var both = EventBuffer()
    both.append(key: other, value: "both 0".utf8)
    both.append(key: key, value: "both 1".utf8)
    let request = both
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<20 {
        group.addTask {
          do { try await HubFixture.append(hub, ["\(number)"], key: other) } catch { Issue.record(error) }
        }
        group.addTask {
          do {
            _ = try await hub.append(request)
            Issue.record("the request was taken")
          } catch {}
        }
      }
    }
    #expect(try Set(HubFixture.all(hub, partition: 0).map(\.value)) == Set((0..<20).map { "\($0)" }))
    #expect(try hub.endOffset(partition: 0) == 20)
    #expect(try hub.endOffset(partition: 1) == 0)
    files.change { $0.failingFlushes = 0 }
    _ = try await hub.append(both)
    #expect(try HubFixture.all(hub, partition: 1).map(\.value) == ["both 1"])
  }
}
