internal import Synchronization

/// Answers by endpoint and filter. However many readers ask at once, each question is put to the store once a commit.
final class AnswerCache: Sendable {
  struct Key: Hashable, Sendable {
    let endpoint: String
    let filter: Filter
  }

  private enum Entry {
    case making(Task<Answer, any Error>)
    case made(Answer)
  }

  private struct State {
    var entries: [Key: (entry: Entry, used: Int)] = [:]
    var turn = 0
  }

  private let capacity: Int
  private let state = Mutex(State())

  init(capacity: Int = 128) { self.capacity = capacity }

  /// - Parameters:
  ///   - isCurrent: whether a finished answer may be given again.
  ///   - make: puts the question to the store.
  func answer(
    _ key: Key, isCurrent: (Answer) -> Bool, make: @escaping @Sendable () async throws -> Answer
  ) async throws -> Answer {
    enum Found {
      case answer(Answer)
      case task(Task<Answer, any Error>)
    }
    let found: Found = state.withLock { state in
      state.turn += 1
      switch state.entries[key]?.entry {
      case .made(let answer) where isCurrent(answer):
        state.entries[key]?.used = state.turn
        return .answer(answer)
      case .making(let task):
        return .task(task)
      default:
        // Its own task, not the caller's: a reader who goes away must not take the answer from those who wait with him.
        let task = Task { try await make() }
        state.entries[key] = (.making(task), state.turn)
        return .task(task)
      }
    }
    switch found {
    case .answer(let answer): return answer
    case .task(let task):
      let result = await task.result
      finish(key, task, result)
      return try result.get()
    }
  }

  /// Keeps a finished answer; forgets a failed one, so that the next reader asks again.
  private func finish(_ key: Key, _ task: Task<Answer, any Error>, _ result: Result<Answer, any Error>) {
    state.withLock { state in
      guard case .making(let current) = state.entries[key]?.entry, current == task else { return }
      switch result {
      case .success(let answer): state.entries[key] = (.made(answer), state.turn)
      case .failure: state.entries[key] = nil
      }
      while state.entries.count > capacity {
        let finished = state.entries.filter { if case .made = $0.value.entry { true } else { false } }
        guard let oldest = finished.min(by: { $0.value.used < $1.value.used })?.key else { return }
        state.entries[oldest] = nil
      }
    }
  }
}
