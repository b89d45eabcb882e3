import DuckDB
import Foundation
import Lakehouse
import Testing

/// What a changed department makes the store restate, and that it is restated whatever comes between.
struct DepartmentChangeTests {
  private static func stay(_ number: Int, _ day: Int, department: String = "ICU") -> String {
    """
    {"event_id":"s\(number)","hospital_id":1,"patient_id":"p\(number)","department":"\(department)","bed_id":\(number),\
    "admission_time":"2026-03-\(day)T08:00:00Z","discharge_time":"2026-03-\(day)T20:00:00Z"}
    """
  }

  private static func change(
    _ id: String, at instant: String, department: String = "ICU", beds: Int, zone: String? = nil, hospital: Int = 1
  ) -> String {
    """
    {"event_id":"\(id)","type":"department_changed","hospital_id":\(hospital),"department":"\(department)","staffed_beds":\(beds),\
    "occurred_at":"\(instant)","recorded_at":"\(instant)"\(zone.map { ",\"time_zone\":\"\($0)\"" } ?? "")}
    """
  }

  private static func restated(_ connection: Connection) throws -> Int64 {
    try connection.query("select coalesce(sum(restated_journeys), 0)::bigint from ops.batch").scalar.int64 ?? -1
  }

  private static func facts(_ store: TestStore) throws -> Set<String> {
    let rows = try store.store.database.connect().query(
      "select cast(f as varchar) from gold.fact_patient_flow as f union all select cast(b as varchar) from gold.bed_stay as b"
    ).rows
    return Set(rows.map { $0[0].string ?? "" })
  }

  @Test func aChangeRestatesOnlyWhatBeginsAfterIt() async throws {
    let store = try await TestStore()
    defer { store.remove() }
    store.append(Self.change("d1", at: "2026-01-01T00:00:00Z", beds: 10), 0)
    for number in 10...19 { store.append(Self.stay(number, number), number) }
    store.append(Self.stay(20, 15, department: "Surgery"), 20)
    try await store.service.catchUpAndStop()
    let reader = try store.store.database.connect()
    let before = try Self.restated(reader)
    // After all stays: nothing is touched. In the middle: the five stays of this department after it.
    store.append(Self.change("d2", at: "2026-03-25T00:00:00Z", beds: 12), 21)
    try await store.service.catchUpAndStop()
    #expect(try Self.restated(reader) - before == 0)
    store.append(Self.change("d3", at: "2026-03-15T00:00:00Z", beds: 11), 22)
    try await store.service.catchUpAndStop()
    #expect(try Self.restated(reader) - before == 6, "five stays of the department, and the one in a department that nobody announced")
    let changed = try Self.facts(store)
    _ = try await store.service.rebuild(.gold)
    #expect(try Self.facts(store) == changed)
  }

  @Test func aNewNameRestatesWhatWasUnmappedForWantOfIt() async throws {
    let store = try await TestStore()
    defer { store.remove() }
    store.append(Self.change("d1", at: "2026-01-01T00:00:00Z", beds: 10), 0)
    for number in 10...19 { store.append(Self.stay(number, number, department: number < 13 ? "Surgery" : "ICU"), number) }
    try await store.service.catchUpAndStop()
    store.append(Self.change("d2", at: "2026-04-01T00:00:00Z", department: "surgery", beds: 7), 21)
    try await store.service.catchUpAndStop()
    let found = try store.store.database.connect().query("select count(*) from gold.fact_patient_flow where department = 'surgery'").scalar.int64
    #expect(found == 3)
    let changed = try Self.facts(store)
    _ = try await store.service.rebuild(.gold)
    #expect(try Self.facts(store) == changed)
  }

  /// Hospital 9 has no settings, so its zone is the one that it announces.
  @Test(arguments: [0, 3, 1000]) func aChangedZoneRestatesAllOfAHospitalPartByPart(deferred: Int) async throws {
    let store = try await TestStore(lakehouse: {
      $0.deferredJourneys = deferred
      $0.restatedRecords = 4
    })
    defer { store.remove() }
    store.append(Self.change("d1", at: "2026-01-01T00:00:00Z", beds: 10, zone: "Europe/Berlin", hospital: 9), 0)
    for number in 10...19 { store.append(Self.stay(number, number).replacingOccurrences(of: "\"hospital_id\":1", with: "\"hospital_id\":9"), number) }
    try await store.service.catchUpAndStop()
    store.append(Self.change("d2", at: "2026-01-01T00:00:00Z", beds: 10, zone: "Asia/Kolkata", hospital: 9), 21)
    try await store.service.catchUpAndStop()
    let reader = try store.store.database.connect()
    #expect(try reader.query("select count(*) from ops.touched_journey").scalar.int64 == 0)
    let changed = try Self.facts(store)
    #expect(changed.count == 20)
    _ = try await store.service.rebuild(.gold)
    #expect(try Self.facts(store) == changed)
    // 20:00 UTC is another day in Kolkata.
    #expect(try reader.query("select count(*) from gold.fact_patient_flow where discharge_date > admission_date").scalar.int64 == 10)
  }

  /// The same by the network file: a hospital's setting has another zone than before.
  @Test func aZoneChangedByTheNetworkFileIsRestatedBeforeTheCallEnds() async throws {
    let store = try await TestStore(lakehouse: {
      $0.deferredJourneys = 2
      $0.restatedRecords = 4
    })
    defer { store.remove() }
    for number in 10...19 { store.append(Self.stay(number, number), number) }
    try await store.service.catchUpAndStop()
    try await store.service.setHospitals([HospitalSetting(hospitalID: 1, name: "One", timeZone: "Asia/Kolkata", presumesDischarge: false)])
    let reader = try store.store.database.connect()
    #expect(try reader.query("select count(*) from ops.touched_journey").scalar.int64 == 0)
    #expect(try reader.query("select count(*) from gold.fact_patient_flow where discharge_date > admission_date").scalar.int64 == 10)
    let changed = try Self.facts(store)
    _ = try await store.service.rebuild(.gold)
    #expect(try Self.facts(store) == changed)
  }

  @Test func whatWasLeftWhenAProcessEndedIsRestatedByTheNext() async throws {
    let store = try await TestStore()
    defer { store.remove() }
    store.append(Self.change("d1", at: "2026-01-01T00:00:00Z", beds: 10), 0)
    for number in 10...19 { store.append(Self.stay(number, number), number) }
    try await store.service.catchUpAndStop()
    let right = try Self.facts(store)
    let reader = try store.store.database.connect()
    // As a process leaves it that ends between the change and what follows from it.
    try reader.execute(
      """
      update cold.fact_patient_flow set department_key = 1;
      update hot.fact_patient_flow set department_key = 1;
      insert into ops.touched_journey select journey_key from gold.fact_patient_flow
      """)
    let next = try await store.anotherService()
    try await next.catchUpAndStop()
    #expect(try Self.facts(store) == right)
  }
}
