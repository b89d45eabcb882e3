/// What the pipeline says after a commit that is visible to readers.
public struct CommitNotice: Sendable {
  /// Number of the micro-batch; grows by one with each commit.
  public var batch: Int
  public var committedAt: Instant
  /// How long the micro-batch took, reading to commit.
  public var duration: Duration
  /// Events that became visible with it.
  public var events: Int
  /// When the hub took the oldest and the newest of them; `nil` for a commit without events, such as a tick of the clock.
  public var acceptedFrom: Instant?
  public var acceptedThrough: Instant?
  /// Events in the hub that are not committed yet.
  public var lag: Int

  public init(
    batch: Int, committedAt: Instant, duration: Duration, events: Int, acceptedFrom: Instant?, acceptedThrough: Instant?, lag: Int
  ) {
    self.batch = batch
    self.committedAt = committedAt
    self.duration = duration
    self.events = events
    self.acceptedFrom = acceptedFrom
    self.acceptedThrough = acceptedThrough
    self.lag = lag
  }
}
