/// What one committed batch did.
public struct BatchResult: Sendable {
  public var batch: Int64
  /// Wall clock, microseconds since 1970.
  public var committedAt: Int64
  public var records: Int
  public var quarantined: Int
  public var restatedJourneys: Int
  /// When the hub took the oldest and newest record of the batch, microseconds since 1970; 0 without records.
  public var oldestEnqueuedAt: Int64
  public var newestEnqueuedAt: Int64
  /// Seconds by stage.
  public var seconds: [BatchStage: Double]
  /// The offsets after this batch, by partition.
  public var nextOffsets: [Int64]
  /// How many usable records each hospital sent.
  public var recordsByHospital: [Int: Int]
}
