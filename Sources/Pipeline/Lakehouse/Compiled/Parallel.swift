internal import Dispatch
internal import Synchronization

/// Work on many values that do not depend on each other, on the threads of the machine. For threads that may block.
enum Parallel {
  /// Below this many values a second thread costs more than it saves.
  private static let fewest = 2048

  /// Changes every element by `change`, which must depend on that element alone.
  /// - Throws: the first error that one of the changes threw.
  static func update<Element>(
    _ elements: inout [Element], threads: Int, fewest: Int = fewest, _ change: @Sendable (inout Element) throws -> Void
  ) throws {
    let count = elements.count
    if threads < 2 || count < fewest {
      for index in elements.indices { try change(&elements[index]) }
      return
    }
    let pieces = min(count, threads * 8)
    let failure = Mutex<(any Error)?>(nil)
    elements.withUnsafeMutableBufferPointer { buffer in
      // Each piece is a range of its own: no element is seen by two threads.
      nonisolated(unsafe) let elements = buffer
      DispatchQueue.concurrentPerform(iterations: pieces) { piece in
        do {
          for index in (count * piece / pieces)..<(count * (piece + 1) / pieces) { try change(&elements[index]) }
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }
}
