import DuckDB
import Foundation
import Journeys
import Lakehouse
import Testing

/// What is counted ahead of the store is what the store says once it holds the same records: in any order of arrival, with the store behind,
/// level or ahead, over department changes, the bulk path and rebuilds.
@Suite(.serialized) struct LiveViewTests {
  static let worlds = ProcessInfo.processInfo.environment["LONG"] == nil ? 4 : 30

  @Test(arguments: 1...worlds) func figuresAheadAreTheStoresFigures(seed: Int) async throws {
    let store = try await TestStore(
      // A simulated clock is the feed's, so both have the same now.
      store: { $0.isSimulated = true },
      lakehouse: { lakehouse in
        lakehouse.batchBytes = [300, 3000, 30_000][seed % 3]
        if seed.isMultiple(of: 4) { lakehouse.bulkRecords = 60 }
      })
    defer { store.remove() }
    let view = try #require(try await store.liveView())
    let reader = try store.store.database.connect()
    var chance = DenseWorld.Chance(state: UInt64(seed) &* 77)
    var wereAhead = 0
    var bodies = DenseWorld(seed: UInt64(seed)).bodies
    // The store is waited for after each change of a department; in most worlds they come first, so that much is counted ahead.
    if !seed.isMultiple(of: 4) {
      let isDepartment = { (body: String) in body.contains("staffed_beds") }
      bodies = bodies.filter(isDepartment) + bodies.filter { !isDepartment($0) }
    }
    for (index, body) in bodies.enumerated() {
      store.append(body, index)
      if Int.random(in: 0..<9, using: &chance) == 0 { await view.catchUp() }
      guard index % 60 == 59 else { continue }
      await view.catchUp()
      let ahead = await view.picture()
      if Int.random(in: 0..<8, using: &chance) == 0 { _ = try await store.service.rebuild([.gold, .silver].randomElement(using: &chance) ?? .gold) }
      try await store.service.catchUpAndStop()
      let wanted = try Self.rows(reader)
      if let ahead {
        wereAhead += 1
        #expect(Self.rows(ahead) == wanted, "world \(seed), ahead, after \(index + 1) records")
      }
      await view.catchUp()
      if let level = await view.picture() { #expect(Self.rows(level) == wanted, "world \(seed), level, after \(index + 1) records") }
    }
    try await store.service.catchUpAndStop()
    await view.catchUp()
    let last = try #require(await view.picture())
    #expect(try Self.rows(last) == Self.rows(reader), "world \(seed), at the end")
    #expect(seed.isMultiple(of: 4) || wereAhead > 0, "world \(seed)")
  }

  @Test func figuresAreTheStoresOnceMoreJourneysCountThanAreKept() async throws {
    let store = try await TestStore(lakehouse: { $0.liveJourneys = 20 })
    defer { store.remove() }
    let view = try #require(try await store.liveView())
    func admit(_ numbers: Range<Int>) {
      for number in numbers {
        store.append(
          #"{"event_id":"a\#(number)","patient_id":"P\#(number)","encounter_id":"E\#(number)","hospital_id":1,"department":"ICU","#
            + #""admission_time":"2026-03-01T08:00:00Z"}"#, number)
      }
    }
    admit(0..<10)
    try await store.service.catchUpAndStop()
    await view.catchUp()
    #expect(await view.picture() != nil)
    admit(10..<40)
    await view.catchUp()
    #expect(await view.picture() == nil)
    try await store.service.catchUpAndStop()
    await view.catchUp()
    #expect(await view.picture() == nil)
  }

  private static func rows(_ picture: LivePicture) -> [String] {
    [String(picture.now)]
      + picture.departments.map { department in
        let counts = department.counts
        return [
          "\(department.hospitalID)", department.name, "\(department.version.isMapped)", "\(department.version.staffedBeds)",
          "\(department.version.closedBeds)", "\(counts.census)", "\(counts.waiting)", "\(counts.admissionsLastHour)",
          "\(counts.transfersInLastHour)", "\(counts.dischargesLastHour)", "\(counts.transfersOutLastHour)", "\(counts.admissionsToday)",
          "\(counts.dischargesToday)", "\(counts.expectedDischargesDay)", "\(counts.overdue)",
        ].joined(separator: " ")
      }
  }

  /// The same, of the fact table.
  private static func rows(_ connection: Connection) throws -> [String] {
    let rows = try connection.query(
      """
      with moment as (
        select hospital_id, now, timezone('UTC', timezone(time_zone, date_trunc('day', pf_local(now, time_zone)))) as midnight
        from gold.dim_hospital cross join gold.clock
      ),
      counted as (
        select visit.hospital_id, visit.department,
          count(*) filter (admission_time <= now and coalesce(discharge_time > now, true)) as census,
          count(*) filter (arrival_time <= now and coalesce(admission_time > now, true) and coalesce(discharge_time > now, true)) as waiting,
          count(*) filter (admission_time <= now and admission_time > now - interval 1 hour and is_first_visit) as admissions_hour,
          count(*) filter (admission_time <= now and admission_time > now - interval 1 hour and not is_first_visit) as in_hour,
          count(*) filter (
            admission_time is not null and discharge_time <= now and discharge_time > now - interval 1 hour and is_last_visit) as discharges_hour,
          count(*) filter (
            admission_time is not null and discharge_time <= now and discharge_time > now - interval 1 hour and not is_last_visit) as out_hour,
          count(*) filter (admission_time between midnight and now and is_first_visit) as admissions_today,
          count(*) filter (admission_time is not null and discharge_time between midnight and now and is_last_visit) as discharges_today,
          count(*) filter (
            admission_time <= now and coalesce(discharge_time > now, true) and expected_discharge_time > now
            and expected_discharge_time <= now + interval 24 hour) as expected_day,
          count(*) filter (admission_time <= now and coalesce(discharge_time > now, true) and expected_discharge_time <= now) as overdue
        from gold.fact_patient_flow as visit join moment on moment.hospital_id = visit.hospital_id
        group by visit.hospital_id, visit.department
      )
      select department.hospital_id, department.department, department.is_mapped, coalesce(staffed_beds, 0), coalesce(closed_beds, 0),
        coalesce(census, 0), coalesce(waiting, 0), coalesce(admissions_hour, 0), coalesce(in_hour, 0), coalesce(discharges_hour, 0),
        coalesce(out_hour, 0), coalesce(admissions_today, 0), coalesce(discharges_today, 0), coalesce(expected_day, 0), coalesce(overdue, 0)
      from gold.dim_department as department cross join gold.clock
      left join counted on counted.hospital_id = department.hospital_id and counted.department = department.department
      where effective_from <= now and effective_to > now
      order by department.hospital_id, department.department
      """
    ).rows
    let now = try connection.query("select epoch_us(now) from gold.clock").scalar.int64 ?? 0
    return [String(now)] + rows.map { row in row.map { $0.string ?? $0.int64.map(String.init) ?? "\($0.bool ?? false)" }.joined(separator: " ") }
  }
}
