/// How the lakehouse batches its work.
public struct LakehouseConfiguration: Sendable {
  /// Most bytes a micro-batch takes from each partition.
  public var batchBytes = 4 << 20
  /// Shortest time from the start of one batch to the start of the next under load: what is read by batch costs less by
  /// event the larger the batch is, and live figures do not wait for it. After a quiet moment a batch starts at once.
  public var minimumPause: Duration = .milliseconds(500)
  /// A backlog of this many records takes the bulk path: append all, then restate once.
  public var bulkRecords: Int64 = 50_000
  /// Bytes a bulk append takes from each partition at a time.
  public var bulkBytes = 8 << 20
  /// Of a bulk append the journeys of about so many records are restated at a time.
  public var restatedRecords = 64_000
  /// From this many records on a batch is planned for its size, uses all threads and writes ended journeys where they stay.
  public var largeRecords = 20_000
  /// A change of hospitals or departments that touches more journeys than this is committed first; they are restated after it, part by part.
  public var deferredJourneys = 20_000
  /// How often ended journeys are moved out of the hot tables.
  public var freezeInterval: Duration = .seconds(1)
  /// How many ended journeys are moved at a time: batches wait meanwhile.
  public var freezeJourneys = 4000
  /// How often the write-ahead log is folded into the store while there is work; when idle it is folded at once.
  public var checkpointInterval: Duration = .seconds(60)
  /// How long bronze keeps raw events.
  public var bronzeRetention: Duration = .seconds(3650 * 86_400)
  /// How many journeys that count now live figures keep in memory, some 2 KB each. A feed whose clock runs ahead would fill all of it, since
  /// what it tells never ends; beyond that, figures come from the store.
  public var liveJourneys = 200_000
  /// How often "now" moves on when nothing arrives.
  public var idleTick: Duration = .seconds(5)

  public init() {}
}
