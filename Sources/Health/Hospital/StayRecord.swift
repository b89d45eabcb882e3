/// A stay as a simple registration system sends it: at admission, and again whenever it changes.
public struct StayRecord: Sendable {
  public var eventID: Sent<String> = .absent
  /// The record's own time, by which records of one stay are ordered.
  public var eventTime: Sent<Int64> = .absent
  public var hospitalID: Sent<Int64>
  public var patientID: Sent<String>
  public var encounterID: Sent<String> = .absent
  public var gender: Sent<String> = .absent
  public var age: Sent<Int64> = .absent
  public var department: Sent<String>
  public var bedID: Sent<String> = .absent
  /// Whether the bed is sent as a number, as some systems do.
  public var bedIsNumber = false
  public var admissionTime: Sent<Int64>
  /// The discharge, or the expected one if it lies after the record's own time.
  public var dischargeTime: Sent<Int64> = .null
  public var waitTimeMinutes: Sent<Int64> = .absent
  /// A field that the schema does not know, and its text.
  public var unknownField: UnknownField?
  public var timeText: TimeText = .zulu

  public init(hospitalID: Sent<Int64>, patientID: Sent<String>, department: Sent<String>, admissionTime: Sent<Int64>) {
    self.hospitalID = hospitalID
    self.patientID = patientID
    self.department = department
    self.admissionTime = admissionTime
  }

  /// Writes the record as one JSON object.
  public func encode(into json: inout JSONBuffer) {
    json.openObject()
    json.field("event_id", eventID)
    json.time("event_time", eventTime, timeText)
    json.field("hospital_id", hospitalID)
    json.field("patient_id", patientID)
    json.field("encounter_id", encounterID)
    json.field("gender", gender)
    json.field("age", age)
    json.field("department", department)
    if bedIsNumber, case .value(let bed) = bedID, let number = Int64(bed) {
      json.field("bed_id", number)
    } else {
      json.field("bed_id", bedID)
    }
    json.time("admission_time", admissionTime, timeText)
    json.time("discharge_time", dischargeTime, timeText)
    json.field("wait_time_minutes", waitTimeMinutes)
    unknownField?.encode(into: &json)
    json.closeObject()
  }
}
