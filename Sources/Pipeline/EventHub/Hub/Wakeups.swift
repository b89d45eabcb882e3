import Synchronization

/// Tells any number of consumers that there is something new. A consumer that is busy hears of it once, afterwards.
final class Wakeups: Sendable {
  private struct State {
    var next = 0
    var isFinished = false
    var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
  }

  private let state = Mutex(State())

  func listen() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let number: Int? = state.withLock { state in
      guard !state.isFinished else { return nil }
      state.next += 1
      state.listeners[state.next] = continuation
      return state.next
    }
    if let number {
      continuation.onTermination = { [weak self] _ in
        self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) }
      }
    } else {
      continuation.finish()
    }
    return stream
  }

  func wake() {
    for listener in state.withLock({ Array($0.listeners.values) }) { listener.yield() }
  }

  func finish() {
    let listeners = state.withLock { state in
      state.isFinished = true
      defer { state.listeners = [:] }
      return Array(state.listeners.values)
    }
    for listener in listeners { listener.finish() }
  }
}
