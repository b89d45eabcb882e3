/// One row of `silver.stay_record`: a stay as one record told it, repaired and flagged.
///
/// Instants are microseconds since 1970-01-01T00:00:00Z.
public struct SilverStayRecord: Sendable {
  public var hubPartition: Int32
  public var hubOffset: Int64
  public var enqueuedAt: Int64
  public var contentHash: Int64
  public var eventKey: Int64?
  public var journeyKey: Int64
  public var encounterKey: Int64
  public var encounterID: String
  /// Whether the sender named the encounter.
  public var hasEncounterID: Bool
  public var patientID: String
  public var patientKeyHash: Int64
  public var hospitalID: Int32
  public var department: String?
  public var bedID: String?
  public var gender: String?
  public var age: Int32?
  public var recordedAt: Int64
  public var hasEventTime: Bool
  public var admissionTime: Int64
  public var dischargeTime: Int64?
  public var waitMinutes: Double?
  /// Names of the rules that touched the record, comma-separated.
  public var flags: String?

  public init(
    hubPartition: Int32, hubOffset: Int64, enqueuedAt: Int64, contentHash: Int64, eventKey: Int64?, journeyKey: Int64, encounterKey: Int64,
    encounterID: String, hasEncounterID: Bool, patientID: String, patientKeyHash: Int64, hospitalID: Int32, department: String?, bedID: String?,
    gender: String?, age: Int32?, recordedAt: Int64, hasEventTime: Bool, admissionTime: Int64, dischargeTime: Int64?, waitMinutes: Double?,
    flags: String?
  ) {
    self.hubPartition = hubPartition
    self.hubOffset = hubOffset
    self.enqueuedAt = enqueuedAt
    self.contentHash = contentHash
    self.eventKey = eventKey
    self.journeyKey = journeyKey
    self.encounterKey = encounterKey
    self.encounterID = encounterID
    self.hasEncounterID = hasEncounterID
    self.patientID = patientID
    self.patientKeyHash = patientKeyHash
    self.hospitalID = hospitalID
    self.department = department
    self.bedID = bedID
    self.gender = gender
    self.age = age
    self.recordedAt = recordedAt
    self.hasEventTime = hasEventTime
    self.admissionTime = admissionTime
    self.dischargeTime = dischargeTime
    self.waitMinutes = waitMinutes
    self.flags = flags
  }
}
