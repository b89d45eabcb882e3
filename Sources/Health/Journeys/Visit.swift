/// One row of `gold.fact_patient_flow`: one encounter in one department.
///
/// Instants are microseconds since 1970-01-01T00:00:00Z, dates days since 1970-01-01.
public struct Visit: Sendable {
  public var patientFlowKey: Int64
  public var journeyKey: Int64
  public var encounterID: String
  public var patientID: String
  public var patientKey: Int64?
  public var patientKeyHash: Int64
  public var departmentKey: Int64?
  public var hospitalID: Int32
  public var department: String
  public var timeKey: Int64
  public var arrivalTime: Int64?
  public var admissionTime: Int64?
  public var dischargeTime: Int64?
  public var expectedDischargeTime: Int64?
  public var admissionDate: Int32
  public var dischargeDate: Int32?
  public var encounterAdmissionTime: Int64?
  public var waitMinutes: Double?
  public var lengthOfStayHours: Double?
  public var bedID: String?
  public var encounterClass: String?
  public var age: Int32?
  public var dischargeDisposition: String?
  public var isFirstVisit: Bool
  public var isLastVisit: Bool
  public var nextDepartment: String?
  public var isPresumed: Bool
  public var flags: String?
  public var recordedAt: Int64?
  public var enqueuedAt: Int64?
}
