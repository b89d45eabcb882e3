internal import Dispatch
internal import Synchronization

/// Read connections for asynchronous callers. Each call runs on a thread of its own queue, never on the cooperative
/// pool, and is interrupted when its task is cancelled or its time is up.
public final class ConnectionPool: Sendable {
  private struct State: Sendable {
    var idle: [Connection]
    var waiting: [(id: Int, continuation: CheckedContinuation<Connection?, Never>)] = []
    var nextID = 0
  }

  private let state: Mutex<State>
  private let queue: DispatchQueue

  /// - Parameters:
  ///   - size: how many calls run side by side; the rest wait in order.
  ///   - prepare: statements run once on each connection, such as settings.
  public init(database: Database, size: Int, label: String, prepare: [String] = []) throws(DuckDBError) {
    var connections: [Connection] = []
    for _ in 0..<max(1, size) {
      let connection = try database.connect()
      for statement in prepare { try connection.execute(statement) }
      connections.append(connection)
    }
    state = Mutex(State(idle: connections))
    queue = DispatchQueue(label: label, attributes: .concurrent)
  }

  /// Runs `body` with a connection of the pool.
  /// - Parameter timeLimit: after it the running statement is stopped and the call throws `interrupted`; `nil` for none.
  /// - Throws: what `body` throws; `CancellationError` if the task is cancelled before a connection is free.
  public func withConnection<Result: Sendable>(
    timeLimit: Duration? = nil, _ body: @escaping @Sendable (Connection) throws -> Result
  ) async throws -> Result {
    let connection = try await take()
    let turn = Turn(connection)
    let watch = timeLimit.map { limit in
      Task {
        // Cancelled as soon as the call is over; only a sleep that ran its full time stops the statement.
        if (try? await Task.sleep(for: limit)) != nil { turn.interrupt() }
      }
    }
    defer {
      watch?.cancel()
      turn.end()
      giveBack(connection)
    }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Result, any Error>) in
        queue.async {
          do { continuation.resume(returning: try body(connection)) } catch { continuation.resume(throwing: error) }
        }
      }
    } onCancel: {
      turn.interrupt()
    }
  }

  /// One statement with its whole answer.
  public func query(_ sql: String, _ parameters: [Value] = [], timeLimit: Duration? = nil) async throws -> QueryResult {
    try await withConnection(timeLimit: timeLimit) { try $0.query(sql, parameters) }
  }

  private func take() async throws -> Connection {
    let ticket = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    let connection = await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<Connection?, Never>) in
        let now: Connection?? = state.withLock { state in
          if Task.isCancelled { return .some(nil) }
          if let connection = state.idle.popLast() { return connection }
          state.waiting.append((ticket, continuation))
          return nil
        }
        if let now { continuation.resume(returning: now) }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        state.waiting.firstIndex { $0.id == ticket }.map { state.waiting.remove(at: $0).continuation }
      }
      waiter?.resume(returning: nil)
    }
    guard let connection else { throw CancellationError() }
    return connection
  }

  private func giveBack(_ connection: Connection) {
    let waiter = state.withLock { state in
      if state.waiting.isEmpty {
        state.idle.append(connection)
        return nil as CheckedContinuation<Connection?, Never>?
      }
      return state.waiting.removeFirst().continuation
    }
    waiter?.resume(returning: connection)
  }

  /// One caller's use of a connection. An interrupt that comes after its end must not stop the next caller's statement.
  private final class Turn: Sendable {
    private let running = Mutex(true)
    private let connection: Connection

    init(_ connection: Connection) { self.connection = connection }

    func interrupt() {
      running.withLock { running in
        if running { connection.interrupt() }
      }
    }

    func end() { running.withLock { $0 = false } }
  }
}
