/// How the HTTP front of the hub behaves.
public struct IntakeConfiguration: Sendable {
  /// The one event hub there is.
  public var hub = "patient-flow"
  /// The largest event, 1 MiB as in Event Hubs.
  public var maximumEventBytes = 1_048_576
  /// The largest batch as sent, JSON included.
  public var maximumBatchBytes = 8 * 1_048_576
  public var access: IntakeAccess
  /// Whether the pipeline takes events now.
  public var admission: @Sendable () -> Admission = { .accept }
  /// The key of an event whose sender gave none, so that events of one patient keep their order; `nil` lets the hub choose.
  public var keyFor: @Sendable ([UInt8]) -> String? = { _ in nil }
  /// Reads a batch; throws if it is malformed.
  public var decodeBatch: @Sendable ([UInt8]) throws -> [BatchItem]

  public init(access: IntakeAccess, decodeBatch: @escaping @Sendable ([UInt8]) throws -> [BatchItem]) {
    self.access = access
    self.decodeBatch = decodeBatch
  }
}
