internal import NIOCore
internal import Synchronization

/// What waits for one stream: at most the newest `live` and the newest `heartbeat`. A reader who is too slow for all of
/// them gets the newest, and costs no memory.
final class Mailbox: Sendable {
  private struct State {
    var live: ByteBuffer?
    var heartbeat: ByteBuffer?
    var isClosed = false
    var waitingSince: ContinuousClock.Instant?
    var reader: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  func offer(live: ByteBuffer) {
    change { $0.live = live }
  }

  func offer(heartbeat: ByteBuffer) {
    change { $0.heartbeat = heartbeat }
  }

  /// Ends the stream once what waits is taken.
  func close() {
    change { $0.isClosed = true }
  }

  /// How long something has waited to be taken.
  func waited(at now: ContinuousClock.Instant = .now) -> Duration {
    state.withLock { $0.waitingSince.map { now - $0 } ?? .zero }
  }

  /// What is to be written next; `nil` at the end.
  func next() async -> [ByteBuffer]? {
    while true {
      let (frames, isClosed) = state.withLock { state in
        let frames = [state.live, state.heartbeat].compactMap { $0 }
        state.live = nil
        state.heartbeat = nil
        state.waitingSince = nil
        return (frames, state.isClosed)
      }
      if !frames.isEmpty, !isClosed { return frames }
      if isClosed { return nil }
      await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
          let isReady = state.withLock { state in
            if state.isClosed || state.live != nil || state.heartbeat != nil { return true }
            state.reader = continuation
            return false
          }
          if isReady { continuation.resume() }
        }
      } onCancel: {
        close()
      }
    }
  }

  private func change(_ body: (inout State) -> Void) {
    let reader = state.withLock { state in
      body(&state)
      if state.waitingSince == nil { state.waitingSince = .now }
      defer { state.reader = nil }
      return state.reader
    }
    reader?.resume()
  }
}
