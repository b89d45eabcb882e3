/// A department as the network's description names it.
///
/// ## Configuration keys
/// - `name` (string, required): As the feeds send it.
/// - `specialty` (string, required): The specialty that the department serves.
/// - `staffed_beds` (int, required, at least 1): Beds that are open and staffed, the denominator of occupancy (NHS KH03).
/// - `closed_beds` (int, default 0): Beds that are closed at present, beside the staffed ones.
/// - `staff` (int, default 0): People who work there.
public struct DepartmentDescription: Codable, Hashable, Sendable {
  public var name: String
  public var specialty: String
  public var staffedBeds: Int
  public var closedBeds: Int
  public var staff: Int

  public init(name: String, specialty: String, staffedBeds: Int, closedBeds: Int = 0, staff: Int = 0) {
    self.name = name
    self.specialty = specialty
    self.staffedBeds = staffedBeds
    self.closedBeds = closedBeds
    self.staff = staff
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    name = try values.decode(String.self, forKey: .name)
    specialty = try values.decode(String.self, forKey: .specialty)
    staffedBeds = try values.decode(Int.self, forKey: .staffedBeds)
    closedBeds = try values.decodeIfPresent(Int.self, forKey: .closedBeds) ?? 0
    staff = try values.decodeIfPresent(Int.self, forKey: .staff) ?? 0
  }

  private enum CodingKeys: String, CodingKey {
    case name, specialty, staff
    case staffedBeds = "staffed_beds"
    case closedBeds = "closed_beds"
  }
}
