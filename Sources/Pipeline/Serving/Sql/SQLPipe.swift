internal import Dispatch
internal import DuckDB
internal import NIOCore
internal import Synchronization

/// Bytes on their way from a thread that makes them and may block to a reader who waits without a thread. At most some pieces lie in it.
final class SQLPipe: Sendable {
  private static let pieces = 4

  /// What comes out; ends with the error with which it was ended.
  let stream: AsyncThrowingStream<ByteBuffer, any Error>
  private let source: AsyncThrowingStream<ByteBuffer, any Error>.Continuation
  // Starts at 0 and is raised, since one that is let go of below its first value is an error.
  private let room = DispatchSemaphore(value: 0)
  private let closing = Mutex<(any Error)?>(nil)
  private let deadline: DispatchTime

  /// - Parameter timeLimit: when it is over, a piece that nobody takes is given up.
  init(timeLimit: Duration) {
    (stream, source) = AsyncThrowingStream.makeStream()
    deadline = .now() + .milliseconds(Int(timeLimit / .milliseconds(1)))
    for _ in 0..<Self.pieces { room.signal() }
  }

  /// Puts a piece in; blocks while there is no room.
  func send(_ bytes: [UInt8]) throws {
    guard room.wait(timeout: deadline) == .success else { throw DuckDBError(.interrupted, "nobody took the rows in time") }
    if let reason = closing.withLock({ $0 }) { throw reason }
    source.yield(ByteBuffer(bytes: bytes))
  }

  func end(_ error: (any Error)? = nil) { source.finish(throwing: error) }

  /// The reader has taken a piece.
  func took() { room.signal() }

  /// Nothing more is wanted, because the reader is gone or the server stops; who puts something in is told so.
  func close(_ reason: any Error = CancellationError()) {
    closing.withLock { $0 = $0 ?? reason }
    room.signal()
  }
}
