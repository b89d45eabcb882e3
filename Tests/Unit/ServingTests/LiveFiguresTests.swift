import DuckDB
import Testing

@testable import Serving

@Suite("The figures of this moment")
struct LiveFiguresTests {
  private func department(_ now: JSON, _ hospital: Int, _ name: String) -> JSON {
    now["departments"].elements.first { $0["hospital_id"] == .number(Double(hospital)) && $0["department"] == .string(name) } ?? .null
  }

  @Test("A department counts who is in a bed, who waits, who is late and who came and went, transfers included")
  func departmentFigures() async throws {
    let icu = department(try await TestServer.shared().json("/api/v1/now"), 1, "ICU")
    #expect(icu["census"] == 3)
    #expect(icu["staffed_beds"] == 2)
    #expect(icu["closed_beds"] == 1)
    #expect(icu["free_beds"] == 0)
    #expect(icu["over_capacity"] == 1)
    #expect(icu["occupancy"] == 1.5)
    #expect(icu["overdue"] == 1)
    #expect(icu["expected_discharges_24h"] == 1)
    #expect(icu["admissions_last_hour"] == 1)
    let emergency = department(try await TestServer.shared().json("/api/v1/now"), 1, "Emergency")
    #expect(emergency["census"] == 0)
    #expect(emergency["waiting"] == 1)
    #expect(emergency["discharges_last_hour"] == 2)
  }

  @Test("A hospital counts encounters, not moves between its departments, and its day begins at its own midnight")
  func hospitalFigures() async throws {
    let hospitals = try await TestServer.shared().json("/api/v1/now")["hospitals"]
    #expect(hospitals[0]["admissions_last_hour"] == 0)
    #expect(hospitals[0]["discharges_last_hour"] == 1)
    // 00:30 in Berlin, 10:00 and 14:10 are of today; 23:30 is of yesterday.
    #expect(hospitals[0]["admissions_today"] == 3)
    #expect(hospitals[0]["discharges_today"] == 2)
    #expect(hospitals[1]["admissions_today"] == 2, "00:15 in Kolkata is today although it is yesterday in UTC")
    #expect(hospitals[0]["free_beds"] == 3, "a missing bed in one department does not use up a free one in another")
  }

  @Test("Totals are the sums of the departments, and census = staffed - free + over capacity")
  func totalsAddUp() async throws {
    let now = try await TestServer.shared().json("/api/v1/now")
    for figure in now["totals"].keys where figure != "occupancy" && !figure.hasSuffix("last_hour") {
      let sum = now["departments"].elements.reduce(0) { $0 + ($1[figure].number ?? .nan) }
      #expect(now["totals"][figure] == .number(sum), "\(figure)")
    }
    let totals = now["totals"]
    let balance = (totals["staffed_beds"].number ?? 0) - (totals["free_beds"].number ?? 0) + (totals["over_capacity"].number ?? 0)
    #expect(totals["census"] == .number(balance))
  }

  @Test("The row of unknown departments shows only while somebody is in it")
  func unmappedRow() async throws {
    let now = try await TestServer.shared().json("/api/v1/now")
    #expect(department(now, 2, "unmapped")["census"] == 1)
    #expect(department(now, 1, "unmapped") == .null)
  }

  @Test("The same moment a week before is judged by the beds staffed then")
  func previousWeek() async throws {
    let week = try await TestServer.shared().json("/api/v1/now?hospital=1&department=ICU")["previous_week"]
    // The one who came on 20 February, the one who came half an hour before, and the one who stayed far too long.
    #expect(week["census"] == 3)
    #expect(week["free_beds"] == 0)
    #expect(week["overdue"] == 0)
  }

  @Test("Sparklines end with the figures of this moment and begin 23 hours earlier")
  func sparklines() async throws {
    let now = try await TestServer.shared().json("/api/v1/now")
    let lines = now["sparklines"]
    #expect(lines["hour_at"].count == 24)
    #expect(lines["hour_at"][23] == "2026-03-02T14:00:00Z")
    for figure in ["census", "free_beds", "waiting", "overdue"] { #expect(lines[figure][23] == now["totals"][figure], "\(figure)") }
    // At 14:00 sharp: the patient who is moved at 14:00 counts in the new place, the one who comes at 14:10 not yet.
    #expect(lines["census"][22] == 5)
    #expect(lines["waiting"][22] == 0)
    #expect(lines["discharges"][22] == 1)
    #expect(lines["admissions"].elements.reduce(0) { $0 + ($1.number ?? 0) } == 7)
  }

  @Test("A filter restricts every figure")
  func filtered() async throws {
    let now = try await TestServer.shared().json("/api/v1/now?hospital=2")
    #expect(now["totals"]["census"] == 2)
    #expect(now["hospitals"].count == 1)
    #expect(now["departments"].elements.allSatisfy { $0["hospital_id"] == 2 })
    #expect(now["time_zone"] == "Asia/Kolkata")
  }

  @Test("A hospital that sent nothing is called silent")
  func silence() async throws {
    let hospitals = try await TestServer.shared().json("/api/v1/now")["hospitals"]
    #expect(hospitals[0]["silent"] == false)
    #expect(hospitals[1]["silent"] == true)
    #expect(hospitals[1]["last_event_at"] == nil)
  }

  @Test("Read by the hour or visit by visit, a hospital's day is the same")
  func hourlyShortcut() async throws {
    let server = try TestServer.shared()
    // Alone, hospital 1 has its midnight at a full UTC hour, so the day is taken from the hours; with Kolkata it is not.
    let alone = try await server.json("/api/v1/now?hospital=1")
    let together = try await server.json("/api/v1/now")
    #expect(alone["hospitals"][0] == together["hospitals"][0])
    #expect(alone["departments"].elements == together["departments"].elements.filter { $0["hospital_id"] == 1 })
  }

  @Test("The figures are those of the view that analysts and reports use")
  func agreesWithView() async throws {
    let server = try TestServer()
    try server.fixture.connection.execute("create view gold.department_live as " + Project.text("models/views/department_live.sql"))
    let now = try await server.json("/api/v1/now")
    let view = RowSet(try server.fixture.connection.query("select * from gold.department_live order by hospital_id, department"))
    #expect(view.rows.count == now["departments"].count)
    for index in view.rows.indices {
      let row = department(now, Int(view.value("hospital_id", row: index).int64 ?? 0), view.value("department", row: index).string ?? "")
      func same(_ column: String, _ figure: String) {
        #expect(row[figure].number == view.value(column, row: index).double, "\(column) of row \(index)")
      }
      for name in ["census", "staffed_beds", "closed_beds", "waiting", "admissions_today", "discharges_today", "expected_discharges_24h"] {
        same(name, name)
      }
      same("available_beds", "free_beds")
      same("patients_over_capacity", "over_capacity")
      same("overdue_discharges", "overdue")
      let came = (view.value("admissions_last_hour", row: index).double ?? 0) + (view.value("transfers_in_last_hour", row: index).double ?? 0)
      #expect(row["admissions_last_hour"].number == came)
    }
  }
}
