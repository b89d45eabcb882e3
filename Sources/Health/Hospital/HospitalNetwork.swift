/// The hospitals whose patients are followed.
///
/// ## Configuration keys
/// - `hospitals` (list, required): See ``HospitalDescription``.
public struct HospitalNetwork: Codable, Hashable, Sendable {
  public var hospitals: [HospitalDescription]

  public init(hospitals: [HospitalDescription]) {
    self.hospitals = hospitals
  }

  /// Staffed beds of all hospitals.
  public var staffedBeds: Int { hospitals.reduce(0) { $0 + $1.staffedBeds } }

  /// What is wrong with the description, one sentence each; empty if it can be used.
  public var problems: [String] {
    var found: [String] = []
    if hospitals.isEmpty { found.append("The network has no hospitals.") }
    var ids: Set<Int> = []
    for hospital in hospitals {
      let place = "Hospital \(hospital.id)"
      if hospital.id < 1 { found.append("\(place): the id must be at least 1.") }
      if !ids.insert(hospital.id).inserted { found.append("\(place): the id is used twice.") }
      if hospital.name.isEmpty { found.append("\(place): the name is empty.") }
      if hospital.timeZone.isEmpty { found.append("\(place): the time zone is empty.") }
      if hospital.departments.isEmpty { found.append("\(place) has no departments.") }
      found += problems(of: hospital, place)
    }
    return found
  }

  private func problems(of hospital: HospitalDescription, _ place: String) -> [String] {
    var found: [String] = []
    var names: Set<String> = []
    for department in hospital.departments {
      let place = "\(place), department '\(department.name)'"
      if department.name.isEmpty { found.append("\(place): the name is empty.") }
      if department.name.lowercased() == "unmapped" { found.append("\(place): 'unmapped' is the name for departments not in the network.") }
      if !names.insert(department.name.lowercased()).inserted { found.append("\(place): the name is used twice.") }
      if department.staffedBeds < 1 { found.append("\(place): staffed_beds must be at least 1.") }
      if department.closedBeds < 0 { found.append("\(place): closed_beds must not be negative.") }
      if department.staff < 0 { found.append("\(place): staff must not be negative.") }
    }
    return found
  }
}
