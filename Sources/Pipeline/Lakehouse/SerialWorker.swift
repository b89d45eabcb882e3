internal import Dispatch

/// A worker with a thread of its own. DuckDB's calls block, so they never run on the cooperative pool.
final class SerialWorker<Worker>: Sendable {
  private let queue: DispatchQueue
  private let box = Box()

  /// The worker is touched on `queue` only, which is serial.
  private final class Box: @unchecked Sendable { var worker: Worker? }

  init(label: String) { queue = DispatchQueue(label: label) }

  func open(_ make: @escaping @Sendable () throws -> Worker) async throws {
    try await onQueue { [box] in box.worker = try make() }
  }

  /// Runs `body` on the worker's thread.
  func perform<Result: Sendable>(_ body: @escaping @Sendable (Worker) throws -> Result) async throws -> Result {
    try await onQueue { [box] in
      guard let worker = box.worker else { throw LakehouseError(.ourselves, "the lakehouse is not open") }
      return try body(worker)
    }
  }

  private func onQueue<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Result, any Error>) in
      queue.async { continuation.resume(with: Swift.Result { try body() }) }
    }
  }
}
