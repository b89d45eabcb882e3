internal import Dispatch

/// The one thread that writes to the store. DuckDB's calls block, so they never run on the cooperative pool.
final class LakehouseEngine: Sendable {
  private let queue = DispatchQueue(label: "patientflow.lakehouse.writer")
  private let box = Box()

  /// The runner is touched on `queue` only, which is serial.
  private final class Box: @unchecked Sendable { var runner: BatchRunner? }

  func open(_ make: @escaping @Sendable () throws -> BatchRunner) async throws {
    try await onQueue { [box] in box.runner = try make() }
  }

  /// Runs `body` on the writer's thread.
  func perform<Result: Sendable>(_ body: @escaping @Sendable (BatchRunner) throws -> Result) async throws -> Result {
    try await onQueue { [box] in
      guard let runner = box.runner else { throw LakehouseError(.ourselves, "the lakehouse is not open") }
      return try body(runner)
    }
  }

  private func onQueue<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Result, any Error>) in
      queue.async { continuation.resume(with: Swift.Result { try body() }) }
    }
  }
}
