import EventHub
import Intake

/// The hub as intake sees it: events are acknowledged when they are on disk.
struct HubAppender: EventAppender {
  let hub: EventHub

  func append(_ events: [IncomingEvent]) async throws {
    var buffer = EventBuffer(reservingBytes: events.reduce(0) { $0 + $1.body.count + 32 }, events: events.count)
    var placed: [Int: EventBuffer] = [:]
    for event in events {
      switch event.placement {
      case .any: buffer.append(value: event.body)
      case .key(let key): buffer.append(key: key, value: event.body)
      case .partition(let partition):
        guard (0..<hub.partitionCount).contains(partition) else { throw AppendError.unknownPartition }
        placed[partition, default: EventBuffer()].append(value: event.body)
      }
    }
    do {
      if !buffer.isEmpty { _ = try await hub.append(buffer) }
      for (partition, events) in placed { _ = try await hub.append(events, partition: partition) }
    } catch {
      switch error.code {
      // A disk that fails in another way is repaired by the hub before it writes again; nothing of the request was kept either.
      case .diskFull, .syncFailed, .inputOutput: throw AppendError.noRoom(retryAfterSeconds: Int(error.retryAfterSeconds ?? 5))
      case .full: throw AppendError.tooFarBehind(retryAfterSeconds: Int(error.retryAfterSeconds ?? 1))
      case .tooLarge: throw AppendError.tooLarge
      case .closed: throw AppendError.shuttingDown
      default: throw error
      }
    }
  }
}
