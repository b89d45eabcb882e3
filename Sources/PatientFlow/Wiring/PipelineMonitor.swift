import EventHub
import Foundation
import Lakehouse
import Metrics
import Serving
import Synchronization

/// What the rooms have told of their work: the source of the status line, of `/readyz` and of the Pipeline page.
final class PipelineMonitor: PipelineStatusProvider {
  private struct State {
    var nextOffsets: [Int64]
    var feeds: [Int: FeedCount] = [:]
    var newestEnqueuedAt: Int64 = 0
    var isLoaded = false
    var failure: String?
  }

  private let hub: HubSource
  private let storePath: String
  private let state: Mutex<State>
  let commits = CommitFeed()

  init(hub: HubSource, storePath: String, nextOffsets: [Int64]) {
    self.hub = hub
    self.storePath = storePath
    state = Mutex(State(nextOffsets: nextOffsets))
  }

  /// Records in the hub that are not committed to the store.
  var lag: Int64 {
    let offsets = state.withLock { $0.nextOffsets }
    return offsets.indices.reduce(0) { $0 + max(0, hub.endOffset(partition: $1) - offsets[$1]) }
  }

  /// The offset after the last committed record, by partition.
  var committedOffsets: [Int: Int64] {
    Dictionary(uniqueKeysWithValues: state.withLock { $0.nextOffsets }.enumerated().map { ($0, $1) })
  }

  var isLoaded: Bool { state.withLock { $0.isLoaded } }
  var failure: String? { state.withLock { $0.failure } }

  func didLoad() { state.withLock { $0.isLoaded = true } }
  func didFail(_ text: String?) { state.withLock { $0.failure = text } }

  func didCommit(_ result: BatchResult) {
    state.withLock { state in
      state.nextOffsets = result.nextOffsets
      state.newestEnqueuedAt = max(state.newestEnqueuedAt, result.newestEnqueuedAt)
      for (hospital, count) in result.recordsByHospital {
        state.feeds[hospital, default: FeedCount()].add(count, at: result.newestEnqueuedAt)
      }
    }
    let hasRecords = result.records > 0
    commits.publish(
      CommitNotice(
        batch: Int(result.batch), committedAt: Instant(microseconds: result.committedAt), duration: .seconds(result.seconds.values.reduce(0, +)),
        events: result.records, acceptedFrom: hasRecords ? Instant(microseconds: result.oldestEnqueuedAt) : nil,
        acceptedThrough: hasRecords ? Instant(microseconds: result.newestEnqueuedAt) : nil, lag: Int(lag)))
  }

  func status() async -> PipelineStatus {
    let state = state.withLock { $0 }
    let partitions = state.nextOffsets.enumerated().map {
      PipelineStatus.Partition(partition: $0, endOffset: hub.endOffset(partition: $0), committedOffset: $1)
    }
    let sizes = sizes()
    let now = Int64(Date().timeIntervalSince1970 * 1e6)
    return PipelineStatus(
      oldestUncommittedAt: oldestUncommitted(state.nextOffsets), partitions: partitions,
      stores: [
        .init(name: "hub", rows: sizes.hubRecords, bytes: sizes.hub), .init(name: "database", rows: nil, bytes: sizes.database),
        .init(name: "write-ahead log", rows: nil, bytes: sizes.log),
      ],
      feeds: state.feeds.map { .init(hospitalID: $0, events: $1.lastHour(at: now), lastEventAt: Instant(microseconds: $1.last)) })
  }

  /// What lies on disk, in bytes; and how many records the hub holds.
  private func sizes() -> (hub: Int, hubRecords: Int, database: Int, log: Int) {
    func size(_ path: String) -> Int { (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int ?? 0 }
    let partitions = hub.hub.statistics.partitions
    return (
      partitions.reduce(0) { $0 + Int($1.byteCount) }, partitions.reduce(0) { $0 + Int($1.endOffset - $1.startOffset) }, size(storePath),
      size(storePath + ".wal")
    )
  }

  /// What has no moment of its own to be recorded at; called when the metrics are asked for.
  func recordGauges() {
    let sizes = sizes()
    Gauge(label: "patientflow_hub_bytes").record(sizes.hub)
    Gauge(label: "patientflow_lakehouse_store_bytes", dimensions: [("file", "database")]).record(sizes.database)
    Gauge(label: "patientflow_lakehouse_store_bytes", dimensions: [("file", "write_ahead_log")]).record(sizes.log)
    Gauge(label: "patientflow_lakehouse_lag_records").record(lag)
    if let committed = commits.latest?.committedAt {
      Gauge(label: "patientflow_lakehouse_freshness_seconds").record(
        max(0, Date().timeIntervalSince1970 - Double(committed.microseconds) / 1e6))
    }
  }

  /// When the hub took the first record that is not committed.
  private func oldestUncommitted(_ offsets: [Int64]) -> Instant? {
    var oldest: Int64?
    for (partition, offset) in offsets.enumerated() where hub.endOffset(partition: partition) > offset {
      // Unreadable records are the lakehouse's to report; the lag is then simply not known.
      _ = try? hub.forEachRecord(partition: partition, from: offset, maxBytes: 1) { record in
        if oldest.map({ record.enqueuedAt < $0 }) ?? true { oldest = record.enqueuedAt }
      }
    }
    return oldest.map { Instant(microseconds: $0) }
  }

  func readiness() async -> Readiness {
    let state = state.withLock { $0 }
    return Readiness(checks: [
      .init(name: "store", isOK: state.failure == nil, detail: state.failure),
      .init(name: "history", isOK: state.isLoaded, detail: state.isLoaded ? nil : "\(lag) events are being loaded"),
    ])
  }
}

/// The events of one hospital in the last hour of wall clock, by minute.
struct FeedCount: Sendable {
  private var minutes: [Int64: Int] = [:]
  /// When the hub took the latest, microseconds since 1970.
  private(set) var last: Int64 = 0

  mutating func add(_ events: Int, at micros: Int64) {
    let minute = micros / 60_000_000
    minutes[minute, default: 0] += events
    last = max(last, micros)
    if minutes.count > 120 { minutes = minutes.filter { $0.key > minute - 60 } }
  }

  func lastHour(at micros: Int64) -> Int {
    let minute = micros / 60_000_000
    return minutes.reduce(0) { $1.key > minute - 60 ? $0 + $1.value : $0 }
  }
}
