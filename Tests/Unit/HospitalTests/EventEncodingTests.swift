import Foundation
import Hospital
import Testing

@Suite("Event encoding")
struct EventEncodingTests {
  private func object(_ write: (inout JSONBuffer) -> Void) throws -> [String: Any] {
    var json = JSONBuffer()
    write(&json)
    return try #require(try JSONSerialization.jsonObject(with: Data(json.bytes)) as? [String: Any])
  }

  @Test("Any text comes back as it went in", arguments: ["plain", "a\"b\\c", "Žofia 张 🏥", "tab\tnew\nline\u{1}\u{1f}", ""])
  func textsSurvive(text: String) throws {
    let fields = try object { json in
      json.openObject()
      json.field("text", text)
      json.closeObject()
    }
    #expect(fields["text"] as? String == text)
  }

  @Test("Any whole number comes back as it went in", arguments: [0, 9, 10, -1, 99, 100, Int64.max, Int64.min])
  func numbersSurvive(number: Int64) throws {
    let fields = try object { json in
      json.openObject()
      json.field("number", number)
      json.closeObject()
    }
    #expect((fields["number"] as? NSNumber)?.int64Value == number)
  }

  @Test("An instant is written as its sender writes it")
  func instantsFollowTheirStyle() throws {
    let instant = CivilTime.instant(year: 2026, month: 2, day: 28, hour: 20, minute: 5, second: 9)
    let fields = try object { json in
      json.openObject()
      json.time("zulu", instant, .zulu)
      json.time("bare", instant + 7_000, .bare)
      json.time("india", instant, .offset(minutes: 330))
      json.time("newfoundland", instant, .offset(minutes: -210))
      json.time("none", nil, .zulu)
      json.closeObject()
    }
    #expect(fields["zulu"] as? String == "2026-02-28T20:05:09Z")
    #expect(fields["bare"] as? String == "2026-02-28T20:05:09.007")
    #expect(fields["india"] as? String == "2026-03-01T01:35:09+05:30")
    #expect(fields["newfoundland"] as? String == "2026-02-28T16:35:09-03:30")
    #expect(fields["none"] == nil)
  }

  @Test("A stay record carries what is known and leaves out the rest")
  func stayRecord() throws {
    var record = StayRecord(hospitalID: .value(5), patientID: .value("P1"), department: .value("ICU"), admissionTime: .value(0))
    record.bedID = .value("12")
    record.bedIsNumber = true
    record.age = .text("forty")
    let fields = try object { record.encode(into: &$0) }
    #expect(fields["hospital_id"] as? Int == 5 && fields["bed_id"] as? Int == 12)
    #expect(fields["age"] as? String == "forty" && fields["discharge_time"] is NSNull)
    #expect(fields["event_id"] == nil && fields["type"] == nil)
  }

  @Test("A movement carries its place and its source as objects")
  func movement() throws {
    var movement = Movement(
      eventID: "e1", source: .init(system: "careway", format: "simulator"), type: MovementType.transfer.rawValue,
      occurredAt: .value(0), recordedAt: .null, hospitalID: .text("3"), patientID: .value("P1"), encounterID: .value("V1"))
    movement.location = Place(department: "ICU", room: "R1", bed: "I1")
    movement.priorLocation = Place(department: "Surgery")
    movement.disposition = .careHome
    let fields = try object { movement.encode(into: &$0) }
    #expect((fields["location"] as? [String: String]) == ["department": "ICU", "room": "R1", "bed": "I1"])
    #expect((fields["prior_location"] as? [String: String]) == ["department": "Surgery"])
    #expect((fields["source"] as? [String: String]) == ["system": "careway", "format": "simulator"])
    #expect(fields["recorded_at"] is NSNull && fields["hospital_id"] as? String == "3")
    #expect(fields["disposition"] as? String == "care_home" && fields["type"] as? String == "transfer")
  }

  @Test("A department's metadata names its hospital and its zone")
  func departmentChange() throws {
    let hospital = HospitalDescription(id: 7, name: "St \"B\"", timeZone: "Asia/Kolkata", departments: [HospitalNetworkTests.ward])
    let change = DepartmentChange(
      eventID: "d1", occurredAt: 0, recordedAt: 0, hospital: hospital, department: HospitalNetworkTests.ward)
    let fields = try object { change.encode(into: &$0) }
    #expect(fields["type"] as? String == "department_changed" && fields["hospital_name"] as? String == "St \"B\"")
    #expect(fields["staffed_beds"] as? Int == 10 && fields["closed_beds"] as? Int == 2)
  }
}
