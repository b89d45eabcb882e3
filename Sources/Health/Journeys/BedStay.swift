/// One row of `gold.bed_stay`: one patient in one bed. Instants are microseconds since 1970-01-01T00:00:00Z.
public struct BedStay: Sendable {
  public var bedStayKey: Int64
  public var journeyKey: Int64
  public var encounterID: String
  public var patientID: String
  public var hospitalID: Int32
  public var department: String
  public var departmentKey: Int64?
  public var room: String?
  public var bedID: String
  public var admissionTime: Int64
  public var dischargeTime: Int64?
}
