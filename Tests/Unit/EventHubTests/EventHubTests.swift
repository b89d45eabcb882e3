import EventHub
import Foundation
import Synchronization
import Testing

@Suite("The hub")
struct EventHubTests {
  @Test("Events come back in order with their offsets, keys and time, also after the hub was opened again")
  func roundTrip() async throws {
    let files = FaultFileSystem()
    let configuration = HubFixture.configuration(partitions: 3, segmentBytes: 4096)
    var hub = try HubFixture.open(files, configuration)
    let id = hub.id
    var sent: [EventPosition: String] = [:]
    for number in 0..<400 {
      let value = "value \(number)"
      let positions = try await HubFixture.append(hub, [value], key: "key \(number % 10)")
      #expect(positions.map(\.partition) == [hub.partition(forKey: "key \(number % 10)")])
      sent[positions[0]] = value
    }
    for _ in 0..<2 {
      var found: [EventPosition: String] = [:]
      for partition in 0..<3 {
        let events = try HubFixture.all(hub, partition: partition)
        #expect(events.map(\.offset) == Array(0..<Int64(events.count)))
        #expect(try hub.endOffset(partition: partition) == Int64(events.count))
        for event in events { found[EventPosition(partition: partition, offset: event.offset)] = event.value }
      }
      #expect(found == sent)
      #expect(hub.statistics.partitions.contains { $0.segmentCount > 1 })
      try await hub.close()
      hub = try HubFixture.open(files, configuration)
      #expect(hub.id == id)
    }
  }

  @Test("Reading begins at any offset and stops at any size", arguments: [1, 100, 1000, 1 << 20])
  func readsFromAnywhere(maxBytes: Int) async throws {
    let hub = try HubFixture.open(FaultFileSystem(), HubFixture.configuration(segmentBytes: 4096))
    for group in 0..<40 { try await HubFixture.append(hub, (0..<5).map { "\(group * 5 + $0)" }) }
    for offset in 0...Int64(200) {
      let slice = try hub.read(partition: 0, from: offset, maxBytes: maxBytes)
      var values: [String] = []
      try slice.forEach { values.append(String(decoding: $0.value, as: UTF8.self)) }
      #expect(values == (offset..<slice.nextOffset).map { "\($0)" })
      #expect(slice.count == values.count)
      #expect(slice.isEmpty == (offset == 200))
    }
    for offset in [-1, 201] as [Int64] {
      let error = try await HubFixture.failure { _ = try hub.read(partition: 0, from: offset, maxBytes: 10) }
      #expect(error.code == .offsetOutOfRange)
    }
    #expect(try await HubFixture.failure { _ = try hub.read(partition: 1, from: 0, maxBytes: 10) }.code == .unknownPartition)
  }

  @Test("A hundred tasks that append at once share flushes, and each learns its own positions")
  func groupCommit() async throws {
    let files = FaultFileSystem()
    let hub = try HubFixture.open(files)
    files.change {
      $0.logFlushes = 0
      $0.flushDelayMicroseconds = 3000
    }
    let positions = try await withThrowingTaskGroup(of: (Int, EventPosition).self) { group in
      for number in 0..<100 {
        group.addTask { (number, try await HubFixture.append(hub, ["\(number)"])[0]) }
      }
      return try await group.reduce(into: [Int: EventPosition]()) { $0[$1.0] = $1.1 }
    }
    let events = try HubFixture.all(hub)
    #expect(events.count == 100)
    for (number, position) in positions { #expect(events[Int(position.offset)].value == "\(number)") }
    let flushes = files.state.withLock { $0.logFlushes }
    #expect(flushes < 50, "100 appends took \(flushes) flushes")
  }

  @Test("Readers see bulk batches after the flush and not before")
  func bulk() async throws {
    let hub = try HubFixture.open(FaultFileSystem())
    let bulk = hub.bulkWriter()
    for number in 0..<10 { try await bulk.append(HubFixture.batch(["\(number)", "x"]), partition: 0) }
    #expect(try hub.endOffset(partition: 0) == 0)
    #expect(try hub.read(partition: 0, from: 0, maxBytes: 100).isEmpty)
    try await bulk.flush()
    #expect(try HubFixture.all(hub).count == 20)
    try await bulk.flush()
  }

  @Test("Events without a key take turns; a given partition takes all")
  func partitionsInTurn() async throws {
    let hub = try HubFixture.open(FaultFileSystem(), HubFixture.configuration(partitions: 4))
    for _ in 0..<8 { try await HubFixture.append(hub, ["a", "b"]) }
    #expect(try (0..<4).map { try hub.endOffset(partition: $0) } == [4, 4, 4, 4])
    try await HubFixture.append(hub, ["a", "b"], key: "k", partition: 3)
    #expect(try hub.endOffset(partition: 3) == 6)
    #expect(try await HubFixture.failure { try await HubFixture.append(hub, ["a"], partition: 4) }.code == .unknownPartition)
    #expect(try await HubFixture.append(hub, []) == [])
  }

  @Test("Too large an event is refused by its index, and nothing of the request is kept")
  func limits() async throws {
    let hub = try HubFixture.open(FaultFileSystem(), HubFixture.configuration(segmentBytes: 4 << 20))
    let largest = String(repeating: "x", count: 1_048_576)
    try await HubFixture.append(hub, [largest], key: "k")
    let error = try await HubFixture.failure { try await HubFixture.append(hub, ["ok", largest + "x"]) }
    #expect(error.code == .tooLarge && error.index == 1 && error.blame == .input && !error.isRetryable)
    #expect(!"\(error)".contains("xx"))
    let key = String(repeating: "k", count: 4097)
    #expect(try await HubFixture.failure { try await HubFixture.append(hub, ["ok"], key: key) }.code == .tooLarge)
    let request = Array(repeating: largest, count: 17)
    #expect(try await HubFixture.failure { try await HubFixture.append(hub, request) }.code == .tooLarge)
    #expect(try hub.endOffset(partition: 0) == 1)
    #expect(hub.statistics.bytesInFlight == 0)
  }

  @Test("When too many bytes wait, an append is refused with a time to wait, and later taken")
  func backPressure() async throws {
    let files = FaultFileSystem()
    var configuration = HubFixture.configuration(segmentBytes: 1 << 30)
    configuration.maximumRequestBytes = 2 << 20
    configuration.maximumBytesInFlight = 2 << 20
    let hub = try HubFixture.open(files, configuration)
    files.change { $0.flushDelayMicroseconds = 20_000 }
    let value = String(repeating: "x", count: 1 << 20)
    let errors = await withTaskGroup(of: HubError?.self) { group in
      for _ in 0..<8 {
        group.addTask {
          do { try await HubFixture.append(hub, [value]) } catch { return error as? HubError }
          return nil
        }
      }
      return await group.reduce(into: [HubError]()) { errors, error in if let error { errors.append(error) } }
    }
    #expect(!errors.isEmpty)
    #expect(errors.allSatisfy { $0.code == .full && $0.isRetryable && $0.retryAfterSeconds == 1 })
    try await HubFixture.append(hub, [value])
    #expect(try hub.endOffset(partition: 0) == Int64(8 - errors.count + 1))
  }

  @Test("Consumers are woken by an append, and told the end when the hub closes")
  func wakeups() async throws {
    let hub = try HubFixture.open(FaultFileSystem())
    let stream = hub.appended()
    try await HubFixture.append(hub, ["a"])
    try await HubFixture.append(hub, ["b"])
    var iterator = stream.makeAsyncIterator()
    #expect(await iterator.next() != nil)
    #expect(try hub.endOffset(partition: 0) == 2)
    try await hub.close()
    while await iterator.next() != nil {}
    var late = hub.appended().makeAsyncIterator()
    #expect(await late.next() == nil)
    #expect(try await HubFixture.failure { try await HubFixture.append(hub, ["c"]) }.code == .closed)
    try await hub.close()
  }

  @Test("The enqueued time never falls, whatever the clock does")
  func monotonicTime() async throws {
    let times = Mutex<[Int64]>([500, 400, 600, 100])
    let files = FaultFileSystem()
    let clock: @Sendable () -> Int64 = { times.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] } }
    var hub = try HubFixture.open(files, clock: clock)
    for _ in 0..<4 { try await HubFixture.append(hub, ["a"]) }
    #expect(try HubFixture.all(hub).map(\.enqueued) == [500, 500, 600, 600])
    try await hub.close()
    hub = try HubFixture.open(files, clock: { 1 })
    try await HubFixture.append(hub, ["a"])
    #expect(try HubFixture.all(hub).map(\.enqueued).last == 600)
  }

  @Test("A second hub on the directory is told that it is in use, on the real file system too")
  func locked() async throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("hub-\(UInt64.random(in: 0 ... .max))").path
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let configuration = HubFixture.configuration(partitions: 2)
    let hub = try EventHub.open(directory: directory, configuration: configuration, logger: HubFixture.quiet)
    let error = try await HubFixture.failure {
      _ = try EventHub.open(directory: directory, configuration: configuration, logger: HubFixture.quiet)
    }
    #expect(error.code == .locked && error.blame == .configuration && !error.isRetryable)
    try await HubFixture.append(hub, (0..<1000).map { "event \($0)" }, key: "k")
    try await hub.close()
    let again = try EventHub.open(directory: directory, configuration: configuration, logger: HubFixture.quiet)
    let partition = again.partition(forKey: "k")
    #expect(try HubFixture.all(again, partition: partition).map(\.value) == (0..<1000).map { "event \($0)" })
    #expect(try again.startOffset(partition: partition) == 0)
    try await again.close()
  }

  @Test("A hub opened with another number of partitions, or wrong settings, is refused")
  func configuration() async throws {
    let files = FaultFileSystem()
    try await HubFixture.open(files, HubFixture.configuration(partitions: 2)).close()
    let error = try await HubFixture.failure { _ = try HubFixture.open(files, HubFixture.configuration(partitions: 3)) }
    #expect(error.code == .configuration)
    var wrong = HubFixture.configuration()
    wrong.partitions = 0
    #expect(try await HubFixture.failure { _ = try HubFixture.open(FaultFileSystem(), wrong) }.code == .configuration)
    // The refused opening let the lock go.
    try await HubFixture.open(files, HubFixture.configuration(partitions: 2)).close()
  }
}
