/// A department's metadata from an instant on.
public struct DepartmentChange: Codable, Hashable, Sendable {
  public var eventID: String
  /// From when it holds.
  public var occurredAt: Int64
  public var recordedAt: Int64
  public var hospitalID: Int64
  public var hospitalName: String
  public var timeZone: String
  public var department: DepartmentDescription

  public init(
    eventID: String, occurredAt: Int64, recordedAt: Int64, hospital: HospitalDescription, department: DepartmentDescription
  ) {
    self.eventID = eventID
    self.occurredAt = occurredAt
    self.recordedAt = recordedAt
    hospitalID = Int64(hospital.id)
    hospitalName = hospital.name
    timeZone = hospital.timeZone
    self.department = department
  }

  /// Writes the change as one JSON object.
  public func encode(into json: inout JSONBuffer) {
    json.openObject()
    json.field("event_id", eventID)
    json.field("type", "department_changed")
    json.time("occurred_at", occurredAt, .zulu)
    json.time("recorded_at", recordedAt, .zulu)
    json.field("hospital_id", hospitalID)
    json.field("hospital_name", hospitalName)
    json.field("time_zone", timeZone)
    json.field("department", department.name)
    json.field("specialty", department.specialty)
    json.field("staffed_beds", Int64(department.staffedBeds))
    json.field("closed_beds", Int64(department.closedBeds))
    json.field("staff", Int64(department.staff))
    json.closeObject()
  }
}
