public import DuckDB
public import Hummingbird

/// What the server is given to work with.
public struct ServingDependencies: Sendable {
  /// Read connections for the dashboard's queries.
  public var pool: ConnectionPool
  /// Read connections for users' SQL; one or two, apart from the dashboard's.
  public var sqlPool: ConnectionPool
  public var feed: CommitFeed
  /// `nil`: all figures are asked of the store.
  public var live: (any LiveSource)?
  public var provider: any PipelineStatusProvider
  /// The metrics page.
  public var metrics: @Sendable () -> String
  /// Adds routes of other rooms, such as the HTTP front of the hub; they bring their own authentication.
  public var addRoutes: @Sendable (any RouterMethods<ServingContext>) -> Void
  /// Judges quarantined records again.
  public var replay: @Sendable (QuarantineRequest) async throws -> QuarantineOutcome

  public init(
    pool: ConnectionPool, sqlPool: ConnectionPool, feed: CommitFeed, live: (any LiveSource)? = nil, provider: any PipelineStatusProvider,
    metrics: @escaping @Sendable () -> String,
    addRoutes: @escaping @Sendable (any RouterMethods<ServingContext>) -> Void = { _ in },
    replay: @escaping @Sendable (QuarantineRequest) async throws -> QuarantineOutcome
  ) {
    self.pool = pool
    self.sqlPool = sqlPool
    self.feed = feed
    self.live = live
    self.provider = provider
    self.metrics = metrics
    self.addRoutes = addRoutes
    self.replay = replay
  }
}
