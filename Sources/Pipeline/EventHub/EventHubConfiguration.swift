/// How the hub stores events.
public struct EventHubConfiguration: Sendable, Hashable {
  /// How many partitions a new hub gets. An existing hub keeps its own number; opening it with another is refused,
  /// because the same key would then go to another partition and lose its order.
  public var partitions: Int = 4
  /// A segment file is closed and a new one begun when it would grow over this size.
  public var segmentBytes: Int64 = 128 << 20
  /// One entry of the sparse index for so many bytes of log.
  public var indexIntervalBytes: Int64 = 64 << 10
  /// Events older than this may be deleted; nil keeps them for ever.
  public var retentionSeconds: Int64? = 7 * 24 * 3600
  /// Most bytes per partition before the oldest may be deleted; nil is no limit.
  public var retentionBytesPerPartition: Int64?
  /// Most bytes of events that may wait for their acknowledgement.
  public var maximumBytesInFlight: Int = 64 << 20
  /// Most bytes of events in one call of `append`.
  public var maximumRequestBytes: Int = 16 << 20
  /// Most bytes of one event's value.
  public var maximumEventBytes: Int = 1_048_576
  /// Most bytes of one event's key.
  public var maximumKeyBytes: Int = 4096
  /// Group commit closes a batch when it has reached this size.
  public var targetBatchBytes: Int = 1 << 20

  public init() {}

  /// Throws ``HubError/Code/configuration`` if a value is out of its range.
  public func validate() throws(HubError) {
    func require(_ condition: Bool, _ reason: String) throws(HubError) {
      if !condition { throw HubError(.configuration, reason) }
    }
    try require((1...1024).contains(partitions), "partitions must be from 1 to 1024")
    try require((4096...(1 << 30)).contains(segmentBytes), "segmentBytes must be from 4096 to 1 GiB")
    try require((1...segmentBytes).contains(indexIntervalBytes), "indexIntervalBytes must be from 1 to segmentBytes")
    try require(retentionSeconds.map { $0 > 0 } ?? true, "retentionSeconds must be above 0")
    try require(retentionBytesPerPartition.map { $0 > 0 } ?? true, "retentionBytesPerPartition must be above 0")
    try require((1...(16 << 20)).contains(maximumEventBytes), "maximumEventBytes must be from 1 to 16 MiB")
    try require((1...(1 << 16)).contains(maximumKeyBytes), "maximumKeyBytes must be from 1 to 65536")
    try require((1...(16 << 20)).contains(targetBatchBytes), "targetBatchBytes must be from 1 to 16 MiB")
    try require(
      (maximumEventBytes + maximumKeyBytes...(32 << 20)).contains(maximumRequestBytes),
      "maximumRequestBytes must hold one event and be at most 32 MiB")
    try require(maximumBytesInFlight >= maximumRequestBytes, "maximumBytesInFlight must be at least maximumRequestBytes")
  }
}
