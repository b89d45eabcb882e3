/// One row of `silver.movement_record`: a movement, or the cancellation of one, as it was sent, repaired and flagged.
///
/// Instants are microseconds since 1970-01-01T00:00:00Z.
public struct SilverMovementRecord: Sendable {
  public var hubPartition: Int32
  public var hubOffset: Int64
  public var enqueuedAt: Int64
  public var contentHash: Int64
  public var eventKey: Int64?
  public var cancelsEventKey: Int64?
  public var journeyKey: Int64
  public var encounterKey: Int64
  public var encounterID: String
  public var patientID: String
  public var patientKeyHash: Int64
  public var hospitalID: Int32
  /// What happened, without regard to ``isCancellation``.
  public var type: MovementKind
  /// Whether the record takes back a movement of its type.
  public var isCancellation: Bool
  public var encounterClass: String?
  public var occurredAt: Int64
  public var recordedAt: Int64
  public var department: String?
  public var room: String?
  public var bedID: String?
  public var gender: String?
  public var age: Int32?
  public var birthYear: Int32?
  public var seenAt: Int64?
  public var admitDecisionAt: Int64?
  public var expectedDischargeTime: Int64?
  public var disposition: String?
  /// Names of the rules that touched the record, comma-separated.
  public var flags: String?

  public init(
    hubPartition: Int32, hubOffset: Int64, enqueuedAt: Int64, contentHash: Int64, eventKey: Int64?, cancelsEventKey: Int64?, journeyKey: Int64,
    encounterKey: Int64, encounterID: String, patientID: String, patientKeyHash: Int64, hospitalID: Int32, type: MovementKind,
    isCancellation: Bool, encounterClass: String?, occurredAt: Int64, recordedAt: Int64, department: String?, room: String?, bedID: String?,
    gender: String?, age: Int32?, birthYear: Int32?, seenAt: Int64?, admitDecisionAt: Int64?, expectedDischargeTime: Int64?,
    disposition: String?, flags: String?
  ) {
    self.hubPartition = hubPartition
    self.hubOffset = hubOffset
    self.enqueuedAt = enqueuedAt
    self.contentHash = contentHash
    self.eventKey = eventKey
    self.cancelsEventKey = cancelsEventKey
    self.journeyKey = journeyKey
    self.encounterKey = encounterKey
    self.encounterID = encounterID
    self.patientID = patientID
    self.patientKeyHash = patientKeyHash
    self.hospitalID = hospitalID
    self.type = type
    self.isCancellation = isCancellation
    self.encounterClass = encounterClass
    self.occurredAt = occurredAt
    self.recordedAt = recordedAt
    self.department = department
    self.room = room
    self.bedID = bedID
    self.gender = gender
    self.age = age
    self.birthYear = birthYear
    self.seenAt = seenAt
    self.admitDecisionAt = admitDecisionAt
    self.expectedDischargeTime = expectedDischargeTime
    self.disposition = disposition
    self.flags = flags
  }
}
