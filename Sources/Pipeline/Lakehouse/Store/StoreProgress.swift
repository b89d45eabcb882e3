internal import Foundation
internal import Synchronization

/// What the writer lets others see of its work: which keys the store holds, how far it has read, and whether what was taken from it still holds.
///
/// `@unchecked Sendable`: the keys are touched under `lock` only.
final class StoreProgress: @unchecked Sendable {
  private let lock = NSLock()
  private var keys = KnownKeys()
  private var isRead = false
  private let rewritings = Atomic<Int>(0)
  private let offsets = Mutex<[Int64]>([])

  /// The writer's keys; each access locks.
  var known: KnownKeys {
    _read {
      lock.lock()
      defer { lock.unlock() }
      yield keys
    }
    _modify {
      lock.lock()
      defer { lock.unlock() }
      yield &keys
    }
  }

  /// Whether the keys are those of the store.
  var areKeysRead: Bool {
    get { lock.withLock { isRead } }
    set { lock.withLock { isRead = newValue } }
  }

  /// Which of the journeys the store holds, or is about to; `nil` while that is not known.
  func known(_ journeys: some Sequence<Int64>) -> [Int64]? {
    lock.withLock { isRead ? journeys.filter { keys.hotJourneys.contains($0) || keys.coldJourneys.contains($0) } : nil }
  }

  /// Grows when rows were rewritten by something other than a batch of patients' records.
  var rewritten: Int { rewritings.load(ordering: .acquiring) }
  func didRewrite() { rewritings.wrappingAdd(1, ordering: .releasing) }

  /// The offsets after the last committed record, by partition; empty before the first batch.
  var committed: [Int64] {
    get { offsets.withLock { $0 } }
    set { offsets.withLock { $0 = newValue } }
  }
}
