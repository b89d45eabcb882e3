internal import Synchronization

/// How Serving learns of commits. The pipeline publishes without waiting; a subscriber that is busy finds the newest
/// notice when it looks again, since what is shown is always the newest commit.
public final class CommitFeed: Sendable {
  private struct State {
    var latest: CommitNotice?
    var subscribers: [Int: AsyncStream<CommitNotice>.Continuation] = [:]
    var nextID = 0
  }

  private let state = Mutex(State())
  /// What the last commits were like; fed by every notice.
  public let history = CommitHistory()

  public init() {}

  /// The newest notice, if there was one since the start of the process.
  public var latest: CommitNotice? { state.withLock { $0.latest } }

  public func publish(_ notice: CommitNotice) {
    history.record(notice)
    let subscribers = state.withLock { state in
      state.latest = notice
      return Array(state.subscribers.values)
    }
    for subscriber in subscribers { subscriber.yield(notice) }
  }

  public func subscribe() -> AsyncStream<CommitNotice> {
    let (stream, continuation) = AsyncStream<CommitNotice>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let id = state.withLock { state in
      state.nextID += 1
      state.subscribers[state.nextID] = continuation
      return state.nextID
    }
    continuation.onTermination = { [weak self] _ in
      self?.state.withLock { _ = $0.subscribers.removeValue(forKey: id) }
    }
    return stream
  }
}
