import Foundation
import Hospital
import Testing

@Suite("Network")
struct HospitalNetworkTests {
  static let ward = DepartmentDescription(name: "Surgery", specialty: "General surgery", staffedBeds: 10, closedBeds: 2, staff: 5)

  @Test("A sound network has no problems")
  func soundNetwork() {
    let network = HospitalNetwork(hospitals: [.init(id: 1, name: "A", timeZone: "UTC", departments: [Self.ward])])
    #expect(network.problems.isEmpty)
    #expect(network.staffedBeds == 10)
  }

  @Test("Every fault of a network is named with its place")
  func faultsAreNamed() {
    var bad = Self.ward
    bad.staffedBeds = 0
    bad.closedBeds = 3
    let hospital = HospitalDescription(id: 1, name: "", timeZone: "", departments: [Self.ward, Self.ward, bad])
    let problems = HospitalNetwork(hospitals: [hospital, .init(id: 1, name: "B", timeZone: "UTC", departments: [])]).problems
    for words in ["used twice", "name is empty", "time zone is empty", "staffed_beds", "no departments"] {
      #expect(problems.contains { $0.contains(words) && $0.contains("Hospital 1") }, "\(words)")
    }
    #expect(!HospitalNetwork(hospitals: []).problems.isEmpty)
  }

  @Test("Two spellings of one department are one name used twice")
  func spellings() {
    var other = Self.ward
    other.name = "SURGERY"
    let hospital = HospitalDescription(id: 1, name: "A", timeZone: "UTC", departments: [Self.ward, other])
    #expect(HospitalNetwork(hospitals: [hospital]).problems == ["Hospital 1, department 'SURGERY': the name is used twice."])
  }

  @Test("A description is read by the keys of the configuration, and closed beds and staff may be left out")
  func readsItsKeys() throws {
    let text = """
      {"hospitals": [{"id": 7, "name": "A", "time_zone": "Asia/Kolkata",
        "departments": [{"name": "ICU", "specialty": "Critical care", "staffed_beds": 4}]}]}
      """
    let network = try JSONDecoder().decode(HospitalNetwork.self, from: Data(text.utf8))
    #expect(network.hospitals[0].timeZone == "Asia/Kolkata")
    #expect(network.hospitals[0].departments[0] == .init(name: "ICU", specialty: "Critical care", staffedBeds: 4))
    #expect(try JSONDecoder().decode(HospitalNetwork.self, from: JSONEncoder().encode(network)) == network)
  }
}
