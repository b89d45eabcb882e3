import EventHub
import Synchronization
import Testing

@Suite("Retention and consumer groups")
struct RetentionTests {
  private func filled(_ files: FaultFileSystem, _ configuration: EventHubConfiguration) async throws -> EventHub {
    let now = Mutex<Int64>(0)
    let hub = try HubFixture.open(
      files, configuration,
      clock: {
        now.withLock {
          $0 += 1000; return $0
        }
      })
    let filler = String(repeating: "x", count: 200)
    for number in 0..<100 { try await HubFixture.append(hub, ["event \(number) " + filler]) }
    return hub
  }

  @Test("Old segments are deleted, oldest first, and never one that reaches over the floor", arguments: [0, 1, 37, 80, 100] as [Int64])
  func byTime(floor: Int64) async throws {
    let files = FaultFileSystem()
    var configuration = HubFixture.configuration(segmentBytes: 4096)
    configuration.retentionSeconds = 50
    var hub = try await filled(files, configuration)
    let before = try HubFixture.all(hub)
    // Events up to second 70 are older than 50 seconds at second 120.
    let result = try await hub.enforceRetention(floor: [0: floor], now: 120_000)
    let start = try hub.startOffset(partition: 0)
    #expect(start <= floor && start <= 70)
    #expect((result.deletedBytes > 0) == (start > 0))
    if floor >= 80 { #expect(start > 50) }
    for _ in 0..<2 {
      #expect(try HubFixture.all(hub) == Array(before[Int(start)...]))
      if start > 0 {
        let error = try await HubFixture.failure { _ = try hub.read(partition: 0, from: start - 1, maxBytes: 1) }
        #expect(error.code == .offsetOutOfRange)
      }
      files.crash()
      hub = try HubFixture.open(files, configuration)
      #expect(try hub.startOffset(partition: 0) == start)
      #expect(hub.damage.isEmpty)
    }
  }

  @Test("When all is old and consumed, all is deleted and the offsets go on")
  func everything() async throws {
    let files = FaultFileSystem()
    var configuration = HubFixture.configuration(segmentBytes: 4096)
    configuration.retentionSeconds = 50
    var hub = try await filled(files, configuration)
    for _ in 0..<3 { _ = try await hub.enforceRetention(floor: [0: 100], now: 1_000_000) }
    #expect(try hub.startOffset(partition: 0) == 100)
    files.crash()
    hub = try HubFixture.open(files, configuration)
    #expect(try await HubFixture.append(hub, ["next"])[0].offset == 100)
    #expect(files.paths.filter { $0.hasSuffix(".log") }.count == 1)
  }

  @Test("A partition without a floor keeps everything; a limit of bytes holds where there is one")
  func bySize() async throws {
    let files = FaultFileSystem()
    var configuration = HubFixture.configuration(segmentBytes: 4096)
    configuration.retentionSeconds = nil
    configuration.retentionBytesPerPartition = 10_000
    let hub = try await filled(files, configuration)
    #expect(try await hub.enforceRetention(floor: [:], now: 0).deletedBytes == 0)
    _ = try await hub.enforceRetention(floor: [0: 100], now: 0)
    #expect(hub.statistics.partitions[0].byteCount <= 10_000)
    #expect(hub.statistics.partitions[0].byteCount > 4096)
  }

  @Test("Consumer groups keep their offsets over a restart and tell their lag")
  func groups() async throws {
    let files = FaultFileSystem()
    let configuration = HubFixture.configuration(partitions: 2)
    var hub = try HubFixture.open(files, configuration)
    for partition in 0..<2 { try await HubFixture.append(hub, (0..<10).map { "\($0)" }, partition: partition) }
    #expect(try hub.lag(group: "$Default") == [0: 10, 1: 10])
    try await hub.commit(group: "$Default", offsets: [0: 4])
    try await hub.commit(group: "lakehouse", offsets: [0: 10, 1: 7])
    try await hub.commit(group: "lakehouse", offsets: [1: 2])
    for life in 0..<3 {
      #expect(try hub.committed(group: "$Default") == [0: 4])
      #expect(try hub.committed(group: "lakehouse") == [0: 10, 1: 2])
      #expect(try hub.lag(group: "lakehouse") == [0: 0, 1: 8])
      #expect(hub.consumerGroups == ["$Default", "lakehouse"])
      if life == 0 { files.crash() } else { try await hub.close() }
      hub = try HubFixture.open(files, configuration)
    }
    try await hub.forget(group: "lakehouse")
    #expect(try hub.committed(group: "lakehouse") == [:])
  }

  @Test("Commits beyond the end, of unknown partitions and of names that are none are refused")
  func refusedCommits() async throws {
    let hub = try HubFixture.open(FaultFileSystem())
    try await HubFixture.append(hub, ["a"])
    #expect(try await HubFixture.failure { try await hub.commit(group: "g", offsets: [0: 2]) }.code == .offsetOutOfRange)
    #expect(try await HubFixture.failure { try await hub.commit(group: "g", offsets: [0: -1]) }.code == .offsetOutOfRange)
    #expect(try await HubFixture.failure { try await hub.commit(group: "g", offsets: [1: 0]) }.code == .unknownPartition)
    for name in ["", "a b", "a\n", "ä", String(repeating: "g", count: 250)] {
      #expect(try await HubFixture.failure { try await hub.commit(group: name, offsets: [0: 0]) }.code == .invalidGroup)
    }
  }
}
