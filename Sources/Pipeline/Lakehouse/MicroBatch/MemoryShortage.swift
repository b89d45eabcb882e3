import Synchronization

/// Makes batches smaller when they find no memory. It outlives the store, which is opened anew each time.
public final class MemoryShortage: Sendable {
  private let halvings = Mutex(0)

  public init() {}

  /// How much a batch may take that may otherwise take `limit` bytes.
  package func bytes(_ limit: Int) -> Int { halved(limit, fewest: 64 << 10) }

  /// How many records a part may have that may otherwise have `limit`.
  package func records(_ limit: Int) -> Int { halved(limit, fewest: 1000) }

  private func halved(_ limit: Int, fewest: Int) -> Int { halvings.withLock { max(min(limit, fewest), limit >> min($0, 30)) } }

  package func committed() { halvings.withLock { $0 = max(0, $0 - 1) } }

  /// A batch was rolled back because it found no memory.
  package func failed() { halvings.withLock { $0 += 1 } }
}
