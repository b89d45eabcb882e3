#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What waits for the writer thread, with a bound on its bytes.
///
/// `@unchecked Sendable`: every stored variable is used only while `mutex` is held. A condition variable is needed for
/// the thread to sleep, which `Synchronization.Mutex` does not have.
final class WorkQueue: @unchecked Sendable {
  enum Admission { case taken, full, closed }

  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private let maximumBytes: Int
  private var waiting: [HubCommand] = []
  private var bytesInFlight = 0
  private var isClosed = false

  init(maximumBytes: Int) {
    self.maximumBytes = maximumBytes
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  private func withLock<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }

  var currentBytes: Int { withLock { bytesInFlight } }

  /// Adds a command if there is room for its bytes, which stay counted until `release`.
  func add(_ command: HubCommand, bytes: Int) -> Admission {
    withLock {
      if isClosed { return .closed }
      if bytes > 0, bytesInFlight + bytes > maximumBytes { return .full }
      bytesInFlight += bytes
      waiting.append(command)
      if waiting.count == 1 { pthread_cond_signal(condition) }
      return .taken
    }
  }

  func release(_ bytes: Int) { withLock { bytesInFlight -= bytes } }

  /// No command is added from now on; `last` is the end of the queue. False if the queue was closed before.
  func close(with last: HubCommand?) -> Bool {
    withLock {
      guard !isClosed else { return false }
      isClosed = true
      if let last { waiting.append(last) }
      pthread_cond_signal(condition)
      return true
    }
  }

  /// Waits for commands; nil when the queue is closed and empty.
  func take() -> [HubCommand]? {
    withLock {
      while waiting.isEmpty, !isClosed { pthread_cond_wait(condition, mutex) }
      guard !waiting.isEmpty else { return nil }
      let taken = waiting
      waiting = []
      waiting.reserveCapacity(taken.count)
      return taken
    }
  }
}
