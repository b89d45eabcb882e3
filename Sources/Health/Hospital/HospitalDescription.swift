/// A hospital as the network's description names it.
///
/// ## Configuration keys
/// - `id` (int, required): The number that events carry as `hospital_id`.
/// - `name` (string, required): What people call it.
/// - `time_zone` (string, required): IANA name, such as `Europe/London`.
/// - `departments` (list, required): See ``DepartmentDescription``.
public struct HospitalDescription: Codable, Hashable, Sendable {
  public var id: Int
  public var name: String
  public var timeZone: String
  public var departments: [DepartmentDescription]

  public init(id: Int, name: String, timeZone: String, departments: [DepartmentDescription]) {
    self.id = id
    self.name = name
    self.timeZone = timeZone
    self.departments = departments
  }

  /// Staffed beds of all departments.
  public var staffedBeds: Int { departments.reduce(0) { $0 + $1.staffedBeds } }

  private enum CodingKeys: String, CodingKey {
    case id, name, departments
    case timeZone = "time_zone"
  }
}
