internal import Synchronization

/// The last commits and what they say of speed: rates in steps of 5 seconds over 10 minutes, latency over 5 minutes.
///
/// A notice gives the times at which the hub took the oldest and the newest event of its batch. The events between are
/// taken as evenly spread, so a batch counts as eight equal samples.
public final class CommitHistory: Sendable {
  static let stepSeconds: Int64 = 5
  static let steps = 120
  private static let samplesPerBatch = 8

  private struct Sample {
    let milliseconds: Double
    let weight: Double
  }

  private struct Step {
    var index: Int64
    var events = 0
    var lag = 0
    var samples: [Sample] = []
  }

  private struct State {
    var commits: [CommitNotice] = []
    var steps: [Step] = []
    var recent: [(at: Instant, events: Int)] = []
  }

  private let state = Mutex(State())

  init() {}

  func record(_ notice: CommitNotice) {
    let samples = Self.samples(of: notice)
    let index = Self.step(of: notice.committedAt)
    state.withLock { state in
      state.commits.append(notice)
      if state.commits.count > 20 { state.commits.removeFirst() }
      if state.steps.last?.index != index { state.steps.append(Step(index: index)) }
      state.steps[state.steps.count - 1].events += notice.events
      state.steps[state.steps.count - 1].lag = notice.lag
      state.steps[state.steps.count - 1].samples += samples
      state.steps.removeAll { $0.index <= index - Int64(Self.steps) }
      state.recent.append((notice.committedAt, notice.events))
      state.recent.removeAll { notice.committedAt.seconds(since: $0.at) > 10 }
    }
  }

  /// The last 20 commits, newest first.
  public var commits: [CommitNotice] { state.withLock { $0.commits.reversed() } }

  /// Events committed a second, mean of the last 10 seconds.
  public func eventsPerSecond(at now: Instant = .now) -> Double {
    state.withLock { state in
      Double(state.recent.reduce(0) { now.seconds(since: $1.at) <= 10 ? $0 + $1.events : $0 }) / 10
    }
  }

  /// Milliseconds from the hub taking an event to its commit over the last 5 minutes; `nil` if nothing was committed.
  public func latency(at now: Instant = .now) -> (p50: Double, p99: Double)? {
    let first = Self.step(of: now) - 60
    let samples = state.withLock { state in state.steps.filter { $0.index > first }.flatMap(\.samples) }
    return Self.quantiles(samples)
  }

  /// Ten minutes in steps of five seconds up to `now`, also those in which nothing was committed.
  public func rates(at now: Instant = .now) -> [PipelineStatus.Rate] {
    let last = Self.step(of: now)
    let steps = state.withLock { $0.steps }
    guard let known = steps.first?.index else { return [] }
    let byIndex = Dictionary(uniqueKeysWithValues: steps.map { ($0.index, $0) })
    // The step that is running now would read as a drop.
    return (max(known, last - Int64(Self.steps))..<max(last, known + 1)).map { index in
      let step = byIndex[index]
      let latency = Self.quantiles(step?.samples ?? [])
      return PipelineStatus.Rate(
        at: Instant(microseconds: index * Self.stepSeconds * 1_000_000), eventsPerSecond: Double(step?.events ?? 0) / Double(Self.stepSeconds),
        lag: step?.lag ?? 0, latencyP50Milliseconds: latency?.p50, latencyP99Milliseconds: latency?.p99)
    }
  }

  private static func step(of instant: Instant) -> Int64 { instant.microseconds / (stepSeconds * 1_000_000) }

  private static func samples(of notice: CommitNotice) -> [Sample] {
    guard notice.events > 0, let first = notice.acceptedFrom, let last = notice.acceptedThrough else { return [] }
    let oldest = notice.committedAt.seconds(since: first) * 1_000
    let newest = notice.committedAt.seconds(since: last) * 1_000
    let count = min(samplesPerBatch, notice.events)
    return (0..<count).map { number in
      let share = count == 1 ? 1 : Double(number) / Double(count - 1)
      return Sample(milliseconds: max(0, newest + (oldest - newest) * share), weight: Double(notice.events) / Double(count))
    }
  }

  private static func quantiles(_ samples: [Sample]) -> (p50: Double, p99: Double)? {
    if samples.isEmpty { return nil }
    let sorted = samples.sorted { $0.milliseconds < $1.milliseconds }
    let total = sorted.reduce(0) { $0 + $1.weight }
    func quantile(_ share: Double) -> Double {
      var sum = 0.0
      for sample in sorted {
        sum += sample.weight
        if sum >= share * total { return sample.milliseconds }
      }
      return sorted.last?.milliseconds ?? 0
    }
    return (quantile(0.5), quantile(0.99))
  }
}
