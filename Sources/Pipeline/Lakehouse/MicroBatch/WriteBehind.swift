internal import Dispatch

/// One piece of writing at a time on a thread of its own, while the caller computes the next piece. For threads that may block.
///
/// The writer's connection belongs to the piece at hand from ``start(_:)`` to ``wait()``; whoever needs it in between waits first.
final class WriteBehind {
  private let queue = DispatchQueue(label: "patientflow.lakehouse.write-behind")
  private let written = DispatchSemaphore(value: 0)
  private let outcome = Outcome()
  private var isWriting = false

  /// Written on the queue before `written` is signalled, read after it was waited for.
  private final class Outcome: @unchecked Sendable {
    var seconds = 0.0
    var error: (any Error)?
  }

  /// Waits for the piece before, then begins this one. `write` must touch nothing that the caller touches before ``wait()``.
  /// - Returns: the seconds that the piece before took.
  func start(_ write: @escaping () throws -> Void) throws -> Double {
    let seconds = try wait()
    isWriting = true
    // Handed over, not shared: the caller keeps off what it touches until `wait()`, where the semaphore orders the two threads.
    nonisolated(unsafe) let write = write
    queue.async { [outcome, written] in
      let start = ContinuousClock.now
      do { try write() } catch { outcome.error = error }
      outcome.seconds = (ContinuousClock.now - start) / .seconds(1)
      written.signal()
    }
    return seconds
  }

  /// - Returns: the seconds that the piece at hand took; 0 if there is none.
  /// - Throws: what writing it threw.
  @discardableResult
  func wait() throws -> Double {
    guard isWriting else { return 0 }
    written.wait()
    isWriting = false
    defer { outcome.error = nil }
    if let error = outcome.error { throw error }
    return outcome.seconds
  }
}
