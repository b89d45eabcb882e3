/// How the lakehouse batches its work.
public struct LakehouseConfiguration: Sendable {
  /// Most bytes a micro-batch takes from each partition.
  public var batchBytes = 4 << 20
  /// Shortest time from the start of one batch to the start of the next under load. A batch that finds the hub
  /// empty-handed before it starts at once, so a quiet hour is instant.
  public var minimumPause: Duration = .milliseconds(20)
  /// A backlog of this many records takes the bulk path: append all, then restate once.
  public var bulkRecords: Int64 = 50_000
  /// Bytes a bulk append takes from each partition at a time.
  public var bulkBytes = 32 << 20
  /// How often ended journeys are moved out of the hot tables.
  public var freezeInterval: Duration = .seconds(15)
  /// How often the write-ahead log is folded into the store while there is work; when idle it is folded at once.
  public var checkpointInterval: Duration = .seconds(60)
  /// How long bronze keeps raw events.
  public var bronzeRetention: Duration = .seconds(3650 * 86_400)
  /// How often "now" moves on when nothing arrives.
  public var idleTick: Duration = .seconds(5)

  public init() {}
}
