/// One row of `silver.movement`; the columns are described in `models/silver/movement.yml`.
///
/// Instants are microseconds since 1970-01-01T00:00:00Z.
public struct JourneyMovement: Sendable {
  public var movementKey: Int64
  public var journeyKey: Int64
  public var encounterKey: Int64
  public var encounterID: String
  public var patientID: String
  public var patientKeyHash: Int64
  public var hospitalID: Int32
  public var type: MovementKind
  public var encounterClass: String?
  public var occurredAt: Int64
  public var recordedAt: Int64
  public var enqueuedAt: Int64
  public var contentHash: Int64
  public var department: String?
  public var room: String?
  public var bedID: String?
  public var gender: String?
  public var age: Int32?
  public var birthYear: Int32?
  public var waitMinutes: Double?
  public var seenAt: Int64?
  public var expectedDischargeTime: Int64?
  public var disposition: String?
  public var isCancelled: Bool
  /// Whether it came from a stay record, not from a movement record.
  public var isFromStay: Bool
  public var duplicates: Int32
  public var flags: String?
  public var outcome: Outcome?

  /// What a movement that gives a visit knows of its encounter.
  public struct Outcome: Sendable {
    /// Position among the places of the encounter, from 1.
    public var placeNumber: Int32
    /// How many places; 0 while waiting.
    public var places: Int32
    public var arrivedAt: Int64?
    public var admittedAt: Int64?
    public var leftAt: Int64?
    public var dischargedAt: Int64?
    public var knownAt: Int64?
    public var knownEnqueuedAt: Int64?
  }
}
