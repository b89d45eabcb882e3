/// How far behind the store is and how quick, at one moment.
public struct PipelineStatus: Sendable {
  public struct Rate: Sendable, Hashable {
    public var at: Instant
    public var eventsPerSecond: Double
    public var lag: Int
    public var latencyP50Milliseconds: Double?
    public var latencyP99Milliseconds: Double?
  }

  public struct Partition: Sendable, Hashable {
    public var partition: Int
    /// Offset of the next event the hub will take.
    public var endOffset: Int64
    /// Offset of the next event the store will read.
    public var committedOffset: Int64

    public init(partition: Int, endOffset: Int64, committedOffset: Int64) {
      self.partition = partition
      self.endOffset = endOffset
      self.committedOffset = committedOffset
    }
  }

  public struct Store: Sendable, Hashable {
    /// `hub`, `database`, or a table as `schema.name`.
    public var name: String
    public var rows: Int?
    public var bytes: Int?

    public init(name: String, rows: Int?, bytes: Int?) {
      self.name = name
      self.rows = rows
      self.bytes = bytes
    }
  }

  public struct Feed: Sendable, Hashable {
    public var hospitalID: Int
    /// Events in the last hour of wall clock.
    public var events: Int
    /// When the hub last took an event of this hospital.
    public var lastEventAt: Instant?

    public init(hospitalID: Int, events: Int, lastEventAt: Instant?) {
      self.hospitalID = hospitalID
      self.events = events
      self.lastEventAt = lastEventAt
    }
  }

  /// When the oldest event was taken that is not committed yet; `nil` if there is none.
  public var oldestUncommittedAt: Instant?
  public var partitions: [Partition]
  public var stores: [Store]
  public var feeds: [Feed]

  public init(oldestUncommittedAt: Instant? = nil, partitions: [Partition] = [], stores: [Store] = [], feeds: [Feed] = []) {
    self.oldestUncommittedAt = oldestUncommittedAt
    self.partitions = partitions
    self.stores = stores
    self.feeds = feeds
  }

  /// Wall-clock age of the oldest event that is not committed; 0 if there is none.
  public var lagSeconds: Double { oldestUncommittedAt.map { max(0, Instant.now.seconds(since: $0)) } ?? 0 }

  /// Events in the hub and not yet committed to the store.
  public var lag: Int { partitions.reduce(0) { $0 + max(0, Int($1.endOffset - $1.committedOffset)) } }
}
