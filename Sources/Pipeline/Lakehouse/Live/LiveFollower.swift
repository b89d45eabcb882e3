internal import Foundation
internal import Hospital
internal import Journeys

/// Follows the hub ahead of the store's batches: keeps the journeys that count now in memory, and counts them.
///
/// What it knows is begun from the store at one commit and carried on with the models' twin, so it says what the store will say when it has
/// committed the same records. What changes more than journeys (departments, rebuilds, quarantined records judged again) it leaves to the
/// store and begins anew after it. Blocking; used by one thread.
final class LiveFollower {
  /// Who left longer ago counts for nothing: no local day is longer than this.
  private static let keptPeriod = 27 * CivilTime.hour
  private static let fewestKept = 8000

  private let store: LiveStore
  private let progress: StoreProgress
  private let source: any RecordSource
  private let reader: SilverReader
  private let mostBacklog: Int64
  private let mostKept: Int
  private var state: LiveStore.State?
  private var rewritten = 0
  /// The store has to be this far before it is begun from again.
  private var awaited: [Int64] = []
  private var acceptedThrough: Int64?
  private var kept = fewestKept
  /// More journeys count now than are kept; figures are the store's from then on.
  private(set) var isTooMuch = false
  private var madeAt: Int64 = 0

  init(_ store: LiveStore, _ progress: StoreProgress, _ source: any RecordSource, _ reader: SilverReader, _ configuration: LakehouseConfiguration) {
    self.store = store
    self.progress = progress
    self.source = source
    self.reader = reader
    // Of more records behind, the store is left to take them first.
    mostBacklog = configuration.bulkRecords
    mostKept = configuration.liveJourneys
  }

  /// Forgets everything; the next step begins from the store.
  func reset() { state = nil }

  /// Takes what the hub holds beyond what is counted, about `maxBytes` of each partition.
  /// - Returns: whether something was taken and more may be there.
  func step(maxBytes: Int) throws -> Bool {
    if progress.rewritten != rewritten { state = nil }
    if state == nil { try begin() }
    guard var state else { return false }
    let ends = state.offsets.indices.map { source.endOffset(partition: $0) }
    let backlog = zip(ends, state.offsets).reduce(0) { $0 + max(0, $1.0 - $1.1) }
    guard backlog > 0 else { return false }
    guard backlog < mostBacklog else {
      leaveToStore(until: ends)
      return false
    }
    var batch = SilverBatch()
    let before = state.offsets
    var offsets = before
    var through = Int64.max
    var newest = acceptedThrough ?? 0
    for partition in offsets.indices {
      var last: Int64 = 0
      offsets[partition] = try source.forEachRecord(
        partition: partition, from: max(offsets[partition], source.startOffset(partition: partition)), maxBytes: maxBytes
      ) { record in
        last = record.enqueuedAt
        reader.read(
          partition: Int32(partition), offset: record.offset, enqueuedAt: record.enqueuedAt, body: record.body,
          isKnown: { state.dimensions.hospitals[$0] != nil }, into: &batch)
      }
      newest = max(newest, last)
      if offsets[partition] < ends[partition] { through = min(through, last) }
    }
    guard !batch.hasDepartments else {
      leaveToStore(until: offsets)
      return false
    }
    // Two references to the journeys would copy all of them.
    self.state = nil
    guard try take(batch, into: &state) else {
      leaveToStore(until: state.offsets)
      return false
    }
    state.offsets = offsets
    if state.isSimulated, let latest = batch.latestStated { state.now = max(state.now, latest) }
    letGo(&state)
    self.state = isTooMuch ? nil : state
    // Of a partition that gave nothing it is not known how far it has come.
    acceptedThrough = max(acceptedThrough ?? 0, min(newest, through))
    madeAt = Self.wallClock
    return offsets != before
  }

  private func begin() throws {
    guard progress.areKeysRead, !isTooMuch else { return }
    let committed = progress.committed
    guard awaited.isEmpty || (committed.count == awaited.count && zip(committed, awaited).allSatisfy { $0 >= $1 }) else { return }
    rewritten = progress.rewritten
    store.replan()
    guard var fresh = try store.load(partitions: source.partitionCount, keptPeriod: Self.keptPeriod) else { return }
    awaited = []
    acceptedThrough = nil
    madeAt = Self.wallClock
    try makeVisits(Array(fresh.journeys.keys), &fresh)
    state = fresh
  }

  private func leaveToStore(until offsets: [Int64]) {
    state = nil
    awaited = offsets
  }

  /// - Returns: false if it is not known yet what the store holds.
  private func take(_ batch: SilverBatch, into state: inout LiveStore.State) throws -> Bool {
    let touched = Set(batch.stays.lazy.map(\.journeyKey)).union(batch.movements.lazy.map(\.journeyKey))
    guard let stored = progress.known(touched.filter { key in state.journeys[key] == nil }) else { return false }
    if !stored.isEmpty { state.journeys.merge(try store.journeys(stored)) { here, _ in here } }
    for record in batch.stays { state.journeys[record.journeyKey, default: LiveJourney()].add(record) }
    for record in batch.movements { state.journeys[record.journeyKey, default: LiveJourney()].add(record) }
    try makeVisits(Array(touched), &state)
    return true
  }

  private func makeVisits(_ keys: [Int64], _ state: inout LiveStore.State) throws {
    let reading = VisitReading(dimensions: state.dimensions, local: store.localTimes.local)
    for key in keys {
      guard let journey = state.journeys[key] else { continue }
      let movements = Journey.movements(stays: journey.stayRecords, movements: journey.movementRecords)
      let visits = try reading.visits(movements) { _, _ in nil }
      state.journeys[key]?.visits = visits.compactMap { visit in
        state.board.place(visit.hospitalID, visit.department).map { LiveVisit(visit, department: $0) }
      }
    }
  }

  /// Forgets journeys that count no more, once there are many.
  private func letGo(_ state: inout LiveStore.State) {
    guard state.journeys.count > min(kept, mostKept) else { return }
    let (limit, committed) = (state.now - Self.keptPeriod, progress.committed)
    state.journeys = state.journeys.filter { !$0.value.isSpare(endedBefore: limit, committed: committed) }
    kept = max(Self.fewestKept, state.journeys.count * 3 / 2)
    isTooMuch = state.journeys.count > mostKept
  }

  /// The figures of this moment; `nil` while the store is ahead, or there was no record yet.
  func picture() throws -> LivePicture? {
    guard let state, progress.rewritten == rewritten, !state.journeys.isEmpty else { return nil }
    // A simulated clock is its feed's.
    let now = state.isSimulated ? state.now : Self.wallClock
    return LivePicture(
      state.board, visits: state.journeys.values.lazy.flatMap(\.visits), now: now, midnights: try store.midnights(state.board, before: now),
      isSimulated: state.isSimulated, batch: state.batch, madeAt: madeAt, acceptedThrough: acceptedThrough)
  }

  private static var wallClock: Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }
}
