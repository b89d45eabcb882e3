import EventHub
import Glibc
import Synchronization
import Testing

@Suite("Durability")
struct DurabilityTests {
  /// What was acknowledged, by position, over all lives of one disk.
  private final class Ledger: Sendable {
    let acknowledged = Mutex<[EventPosition: String]>([:])
    let next = Mutex(0)

    func values(_ count: Int, _ random: inout SeededGenerator) -> [String] {
      (0..<count).map { _ in
        let number = next.withLock { next in
          next += 1
          return next
        }
        return "\(number) " + String(repeating: "x", count: Int.random(in: 0..<1500, using: &random))
      }
    }

    func note(_ positions: [EventPosition], _ values: [String]) {
      acknowledged.withLock { for (position, value) in zip(positions, values) { $0[position] = value } }
    }
  }

  @Test("Through crashes and failing disks every acknowledged event is there, once, at its place", arguments: 0..<240)
  func crashes(seed: Int) async throws {
    var random = SeededGenerator(seed: UInt64(seed) + 1_000_000)
    let files = FaultFileSystem(seed: seed)
    var configuration = HubFixture.configuration(partitions: 2, segmentBytes: 12_000)
    configuration.indexIntervalBytes = 2000
    let ledger = Ledger()
    var committed: [Int: Int64] = [:]
    for life in 0..<4 {
      let hub = try HubFixture.open(files, configuration)
      try await check(hub, ledger, committed, seed: seed)
      files.change { state in
        state.callsUntilCrash = Int.random(in: 1..<150, using: &random)
        // Odd seeds crash only; even ones also have a disk that fails now and then.
        if seed % 2 == 0 { state.rates = .init(write: 25, synchronize: 12, truncate: 8, open: 60) }
      }
      while !files.isDown { await step(hub, ledger, &committed, &random) }
      files.change { $0.rates = .init() }
      if life == 1, seed % 5 == 0 { files.kill() } else { files.crash() }
      files.change { state in
        state.isDown = false
        state.callsUntilCrash = nil
      }
    }
    try await check(HubFixture.open(files, configuration), ledger, committed, seed: seed)
  }

  private func step(_ hub: EventHub, _ ledger: Ledger, _ committed: inout [Int: Int64], _ random: inout SeededGenerator) async {
    do {
      switch Int.random(in: 0..<8, using: &random) {
      case 0:
        let bulk = hub.bulkWriter()
        var written: [([EventPosition], [String])] = []
        for _ in 0..<Int.random(in: 1...5, using: &random) {
          let values = ledger.values(Int.random(in: 1...3, using: &random), &random)
          let partition = Int.random(in: 0...1, using: &random)
          let offsets = try await bulk.append(HubFixture.batch(values), partition: partition)
          written.append((offsets.map { EventPosition(partition: partition, offset: $0) }, values))
        }
        try await bulk.flush()
        for (positions, values) in written { ledger.note(positions, values) }
      case 1:
        let partition = Int.random(in: 0...1, using: &random)
        let offset = try Int64.random(in: 0...hub.endOffset(partition: partition), using: &random)
        try await hub.commit(group: "g", offsets: [partition: offset])
        committed[partition] = offset
      case 2:
        let requests = (0..<4).map { _ in ledger.values(2, &random) }
        await withTaskGroup(of: Void.self) { group in
          for values in requests {
            group.addTask {
              do { ledger.note(try await HubFixture.append(hub, values), values) } catch {}
            }
          }
        }
      default:
        let values = ledger.values(Int.random(in: 1...4, using: &random), &random)
        var events = EventBuffer()
        for value in values { events.append(key: value, value: value.utf8) }
        ledger.note(try await hub.append(events), values)
      }
    } catch {
      // A refused call promises nothing.
    }
  }

  private func check(_ hub: EventHub, _ ledger: Ledger, _ committed: [Int: Int64], seed: Int) async throws {
    #expect(hub.damage.isEmpty, "seed \(seed)")
    var found: [EventPosition: String] = [:]
    var seen: Set<String> = []
    for partition in 0..<2 {
      let events = try HubFixture.all(hub, partition: partition)
      #expect(events.map(\.offset) == Array(0..<Int64(events.count)), "seed \(seed)")
      for event in events {
        found[EventPosition(partition: partition, offset: event.offset)] = event.value
        #expect(seen.insert(event.value).inserted, "seed \(seed)")
      }
    }
    let acknowledged = ledger.acknowledged.withLock { $0 }
    let missing = acknowledged.filter { found[$0.key] != $0.value }
    #expect(missing.isEmpty, "seed \(seed): \(missing.keys)")
    if committed.isEmpty { return }
    let groups = try hub.committed(group: "g")
    for (partition, offset) in committed where groups[partition] != offset {
      // A commit that was under way in the crash may have landed; one that was answered must have.
      #expect(groups[partition] != nil, "seed \(seed)")
    }
  }

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
