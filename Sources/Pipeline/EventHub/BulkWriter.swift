import Synchronization

/// Writes finished batches without waiting for the disk after each: for replaying files.
///
/// Nothing is acknowledged, or certain to be seen by readers, before ``flush()`` returns. After an error begin again from
/// the last flush. Several bulk writers may be used at once; each knows only of its own batches.
///
/// ```swift
/// let bulk = hub.bulkWriter()
/// try await bulk.append(batch, partition: 2)
/// try await bulk.flush()
/// ```
public final class BulkWriter: Sendable {
  private let hub: EventHub
  /// By partition: how often bulk batches had been lost there when this writer's first unflushed one was written.
  private let losses = Mutex<[Int: Int]>([:])

  init(hub: EventHub) { self.hub = hub }

  /// Writes a batch and returns the offsets it got. Returns when the operating system has it, not the disk.
  @discardableResult
  public func append(_ batch: EventBatch, partition: Int) async throws(HubError) -> Range<Int64> {
    _ = try hub.log(partition)
    guard batch.byteCount <= hub.configuration.maximumRequestBytes else {
      throw HubError(.tooLarge, "a batch may have \(hub.configuration.maximumRequestBytes) bytes")
    }
    let receipt = try await hub.ask(bytes: batch.byteCount) { .appendBulk(batch, partition: partition, $0) }
    losses.withLock { losses in
      if losses[partition] == nil { losses[partition] = receipt.losses }
    }
    return receipt.offsets
  }

  /// Returns when everything this writer appended is on the disk and seen by readers.
  public func flush() async throws(HubError) {
    let waiting = losses.withLock { losses in
      defer { losses = [:] }
      return losses
    }
    guard !waiting.isEmpty else { return }
    try await hub.ask { .flush(waiting, $0) }
  }
}
