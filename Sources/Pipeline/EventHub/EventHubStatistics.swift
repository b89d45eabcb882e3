/// The hub in numbers, at one moment.
public struct EventHubStatistics: Hashable, Sendable {
  public struct Partition: Hashable, Sendable {
    public var number: Int
    public var startOffset: Int64
    public var endOffset: Int64
    /// Bytes of the log, without indexes.
    public var byteCount: Int64
    public var segmentCount: Int
  }

  public var partitions: [Partition]
  /// Bytes of events that wait for their acknowledgement.
  public var bytesInFlight: Int
}
