import EventHub
import Glibc
import Testing

@Suite("Crashes")
struct CrashTests {
  /// More for a longer search: PATIENTFLOW_TEST_CRASH_SEEDS=5000.
  static let seeds = 0..<(getenv("PATIENTFLOW_TEST_CRASH_SEEDS").flatMap { Int(String(cString: $0)) } ?? 240)

  @Test("Through crashes and failing disks every acknowledged event is there, once, at its place", arguments: seeds)
  func losesNothing(seed: Int) async throws {
    var run = CrashRun(seed: seed)
    for life in 0..<4 { try await run.live(isKilled: life == 1 && seed % 5 == 0) }
    try await run.check(run.open())
  }
}

/// Several lives of one disk, and what the hub has promised over all of them.
private struct CrashRun {
  let seed: Int
  let files: FaultFileSystem
  let configuration: EventHubConfiguration
  var random: SeededGenerator
  let acknowledged = Locked<[EventPosition: String]>([:])
  var nextValue = 0
  /// By partition: the last commit that was answered, and those under way since, which may have landed.
  var commits: [Int: [Int64]] = [:]
  /// By partition: the greatest floor that retention was given.
  var floors: [Int: Int64] = [:]

  init(seed: Int) {
    self.seed = seed
    files = FaultFileSystem(seed: seed)
    random = SeededGenerator(seed: UInt64(seed) + 1_000_000)
    var configuration = HubFixture.configuration(partitions: 2, segmentBytes: 12_000)
    configuration.indexIntervalBytes = 2000
    configuration.retentionBytesPerPartition = 30_000
    self.configuration = configuration
  }

  func open() throws -> EventHub { try HubFixture.open(files, configuration) }

  mutating func live(isKilled: Bool) async throws {
    if random.happens(oneIn: 3) {
      // Recovery may crash too.
      let calls = Int.random(in: 1..<60, using: &random)
      files.change { $0.callsUntilCrash = calls }
      do { _ = try open() } catch {}
      files.crash()
    }
    let hub = try open()
    try await check(hub)
    let calls = Int.random(in: 1..<200, using: &random)
    files.change { state in
      state.callsUntilCrash = calls
      // Odd seeds crash only; even ones also have a disk that fails now and then.
      if seed % 2 == 0 { state.rates = .init(write: 25, synchronize: 12, truncate: 8, open: 60) }
    }
    while !files.isDown {
      // A refused call promises nothing.
      do { try await step(hub) } catch {}
    }
    files.change { $0.rates = .init() }
    if isKilled { files.kill() } else { files.crash() }
  }

  private mutating func step(_ hub: EventHub) async throws {
    switch Int.random(in: 0..<10, using: &random) {
    case 0, 1: try await replay(hub)
    case 2: try await commit(hub)
    case 3:
      let partition = Int.random(in: 0...1, using: &random)
      let floor = try Int64.random(in: 0...hub.endOffset(partition: partition), using: &random)
      floors[partition] = max(floor, floors[partition] ?? 0)
      _ = try await hub.enforceRetention(floor: [partition: floor], now: 0)
    case 4, 5:
      let requests = (0..<4).map { _ in values(2) }
      let acknowledged = acknowledged
      await withTaskGroup(of: Void.self) { group in
        for values in requests {
          group.addTask {
            do { Self.note(try await HubFixture.append(hub, values), values, acknowledged) } catch {}
          }
        }
      }
    default:
      let values = values(Int.random(in: 1...4, using: &random))
      var events = EventBuffer()
      for value in values { events.append(key: value, value: value.utf8) }
      Self.note(try await hub.append(events), values, acknowledged)
    }
  }

  private mutating func replay(_ hub: EventHub) async throws {
    let bulk = hub.bulkWriter()
    var written: [([EventPosition], [String])] = []
    for _ in 0..<Int.random(in: 1...5, using: &random) {
      let values = values(Int.random(in: 1...3, using: &random))
      let partition = Int.random(in: 0...1, using: &random)
      let offsets = try await bulk.append(HubFixture.batch(values), partition: partition)
      written.append((offsets.map { EventPosition(partition: partition, offset: $0) }, values))
    }
    // Left without a flush, they may come or not.
    if random.happens(oneIn: 4) { return }
    try await bulk.flush()
    for (positions, values) in written { Self.note(positions, values, acknowledged) }
  }

  private mutating func commit(_ hub: EventHub) async throws {
    let partition = Int.random(in: 0...1, using: &random)
    let offset = try Int64.random(in: 0...hub.endOffset(partition: partition), using: &random)
    commits[partition, default: []].append(offset)
    try await hub.commit(group: "g", offsets: [partition: offset])
    commits[partition] = [offset]
  }

  private mutating func values(_ count: Int) -> [String] {
    (0..<count).map { _ in
      nextValue += 1
      return "\(nextValue) " + String(repeating: "x", count: Int.random(in: 0..<1500, using: &random))
    }
  }

  private static func note(_ positions: [EventPosition], _ values: [String], _ acknowledged: Locked<[EventPosition: String]>) {
    acknowledged.withLock { for (position, value) in zip(positions, values) { $0[position] = value } }
  }

  func check(_ hub: EventHub) async throws {
    #expect(hub.damage.isEmpty, "seed \(seed)")
    var found: [EventPosition: String] = [:]
    var seen: Set<String> = []
    var starts: [Int64] = []
    for partition in 0..<2 {
      let events = try HubFixture.all(hub, partition: partition)
      let start = try hub.startOffset(partition: partition)
      starts.append(start)
      #expect(start <= floors[partition] ?? 0, "seed \(seed)")
      #expect(events.map(\.offset) == Array(start..<start + Int64(events.count)), "seed \(seed)")
      for event in events {
        found[EventPosition(partition: partition, offset: event.offset)] = event.value
        #expect(seen.insert(event.value).inserted, "seed \(seed)")
      }
    }
    let missing = acknowledged.withLock { $0 }.filter { $0.key.offset >= starts[$0.key.partition] && found[$0.key] != $0.value }
    #expect(missing.isEmpty, "seed \(seed): \(missing.keys)")
    let groups = try hub.committed(group: "g")
    for (partition, candidates) in commits {
      // The first may be one that was never answered, and then there may be none.
      #expect(candidates.contains(groups[partition] ?? candidates[0]), "seed \(seed)")
    }
  }
}
