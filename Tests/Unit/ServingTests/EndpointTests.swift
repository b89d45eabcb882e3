import HummingbirdTesting
import NIOCore
import Testing

@testable import Serving

@Suite("What the endpoints answer")
struct EndpointTests {
  @Test("Census by hour is all movement before the hour")
  func census() async throws {
    let answer = try await TestServer.shared().json("/api/v1/census?hospital=1&department=ICU&from=2026-03-02T08:00:00Z&to=2026-03-02T15:00:00Z")
    #expect(answer["hours"].elements.map { $0["census"] } == [1, 1, 2, 2, 2, 2, 2])
    #expect(answer["hours"][0]["staffed_beds"] == 2)
    #expect(answer["hours"][2]["occupancy"] == 1)
  }

  @Test("Midnight occupancy counts patients and beds at the hospital's own midnights")
  func midnight() async throws {
    let berlin = try await TestServer.shared().json("/api/v1/census?hospital=1&department=ICU&from=2026-02-28T12:00:00Z&to=2026-03-02T12:00:00Z")[
      "midnight"]
    #expect(berlin["nights"] == 2)
    #expect(berlin["occupied_bed_days"] == 2)
    // Midnight of 1 March was still 28 February, 23:00 UTC, with one staffed bed; the next one had two.
    #expect(berlin["staffed_bed_days"] == 3)
    let kolkata = try await TestServer.shared().json("/api/v1/census?hospital=2&department=ICU&from=2026-03-01T12:00:00Z&to=2026-03-02T12:00:00Z")[
      "midnight"]
    #expect(kolkata["nights"] == 1)
    #expect(kolkata["occupied_bed_days"] == 1, "who came at 23:45 was there at midnight, who came at 00:15 was not")
  }

  @Test("A department's drawer shows steps from 48 hours ago to now, its beds and who is expected to leave")
  func department() async throws {
    let answer = try await TestServer.shared().json("/api/v1/department?hospital=1&department=ICU")
    #expect(answer["census"].elements.first?["at"] == "2026-02-28T14:30:00Z")
    #expect(answer["census"].elements.first?["census"] == 1)
    #expect(answer["census"].elements.last?["at"] == "2026-03-02T14:30:00Z")
    #expect(answer["census"].elements.last?["census"] == answer["figures"]["census"])
    #expect(answer["capacity"].elements.map { $0["staffed_beds"] } == [1, 2, 2])
    #expect(answer["expected_discharges"].count == 24)
    #expect(answer["expected_discharges"].elements.reduce(0) { $0 + ($1["expected"].number ?? 0) } == 1)
    #expect(answer["expected_discharges"][19]["expected"] == 1)
    #expect(answer["beds"].elements.map { $0["state"] } == ["occupied", "conflict", "free"])
    #expect(answer["hospital"] == "Northgate General")
  }

  @Test("Arrivals are counted by the hospital's weekday and hour")
  func arrivals() async throws {
    let cells = try await TestServer.shared().json("/api/v1/arrivals?hospital=1&period=24h")["cells"].elements
    #expect(cells.count == 168)
    func cell(_ weekday: Int, _ hour: Int) -> JSON? {
      cells.first { $0["weekday"] == .number(Double(weekday)) && $0["hour"] == .number(Double(hour)) }
    }
    #expect(cell(1, 0)?["arrivals"] == 1, "23:30 on Sunday in UTC is half past midnight on Monday in Berlin")
    #expect(cell(1, 14)?["arrivals"] == 1, "registered at 13:00 UTC")
    #expect(cell(7, 23)?["arrivals"] == 1)
    #expect(cell(3, 12)?["mean"] == .null, "Wednesday did not occur")
    #expect(cells.reduce(0) { $0 + ($1["arrivals"].number ?? 0) } == 5)
  }

  @Test("In a network of several zones each hospital's hours occur by its own clock")
  func arrivalsOfSeveralZones() async throws {
    let cells = try await TestServer.shared().json("/api/v1/arrivals?from=2026-03-02T07:00:00Z&to=2026-03-02T09:00:00Z")["cells"].elements
    func cell(_ hour: Int) -> JSON? { cells.first { $0["weekday"] == 1 && $0["hour"] == .number(Double(hour)) } }
    // 08:00 in UTC is 09:00 in Berlin and 13:30 in Kolkata; nobody's clock shows seven.
    #expect(cell(13)?["arrivals"] == 1)
    #expect(cell(13)?["mean"] == 1)
    #expect(cell(8)?["mean"] == 0)
    #expect(cell(7)?["mean"] == .null)
  }

  @Test("Flow has every hour of the period, and movements between departments")
  func flow() async throws {
    let answer = try await TestServer.shared().json("/api/v1/flow?hospital=1&period=24h")
    #expect(answer["hours"].count == 25)
    #expect(answer["hours"].elements.last?["transfers_in"] == 1)
    #expect(answer["hours"].elements.reduce(0) { $0 + ($1["discharges"].number ?? 0) } == 2)
    #expect(answer["movements"].elements == [.object(["from_department": "Emergency", "to_department": "ICU", "transfers": 1])])
  }

  @Test("Length of stay is of visits that ended in the period; what is beyond the bound is left out and counted")
  func lengthOfStay() async throws {
    let answer = try await TestServer.shared().json("/api/v1/length-of-stay?hospital=1&period=7d")
    let icu = answer["departments"].elements.first { $0["department"] == "ICU" } ?? .null
    #expect(icu["completed"] == 1)
    #expect(icu["left_out"] == 1)
    #expect(icu["median_hours"] == 24)
    let emergency = answer["departments"].elements.first { $0["department"] == "Emergency" } ?? .null
    #expect(emergency["completed"] == 3)
    #expect(emergency["waited"] == 3)
    #expect(emergency["wait_median_minutes"] == 20)
    #expect(answer["trend"].elements.last?["date"] == "2026-03-02")
    #expect(answer["trend"].elements.last?["completed"] == 3)
  }

  @Test("Gender and age restrict patients, and ages over 89 are 90+")
  func patients() async throws {
    let server = try TestServer.shared()
    let all = try await server.json("/api/v1/demographics?hospital=1&period=24h")["rows"].elements
    #expect(all.contains { $0["age_band"] == "90+" })
    #expect(all.reduce(0) { $0 + ($1["patients"].number ?? 0) } == 5)
    let women = try await server.json("/api/v1/demographics?hospital=1&period=24h&gender=female")["rows"].elements
    #expect(women.allSatisfy { $0["gender"] == "female" })
    #expect(women.reduce(0) { $0 + ($1["patients"].number ?? 0) } == 3)
  }

  @Test("Overstays are open visits beyond the ninetieth percentile of the completed ones")
  func overstays() async throws {
    let rows = try await TestServer.shared().json("/api/v1/overstays?hospital=1")["rows"]
    #expect(rows.count == 1)
    #expect(rows[0]["department"] == "ICU")
    #expect(rows[0]["present"] == 3)
    #expect(rows[0]["overstays"] == 1)
    #expect(rows[0]["threshold_hours"] == 24)
    #expect(rows[0]["longest_hours"] == 244.5)
    #expect(rows[0]["median_hours_over"] == 220.5)
  }

  @Test("Turnover is departures over time-weighted staffed beds, with the empty time and the turnaround")
  func turnover() async throws {
    let answer = try await TestServer.shared().json("/api/v1/turnover?hospital=1&from=2026-03-01T22:00:00Z&to=2026-03-02T10:00:00Z")
    #expect(answer["days"] == 0.5)
    let emergency = answer["rows"].elements.first { $0["department"] == "Emergency" } ?? .null
    #expect(emergency["average_staffed_beds"] == 3)
    #expect(emergency["discharges"] == 1)
    #expect(emergency["turnover"] == 0.333)
    // 36 bed-hours less 11.5 and 1.5 with a patient in it.
    #expect(emergency["interval_hours"] == 23)
    #expect(emergency["turnaround_median_minutes"] == 60)
  }

  @Test("Quality names every rule, also those that found nothing, and counts by arrival")
  func quality() async throws {
    let answer = try await TestServer.shared().json("/api/v1/quality?period=7d")
    #expect(answer["rules"].elements.map { $0["records"] } == [3, 0, 1, 2])
    #expect(answer["events"] == 4)
    #expect(answer["quarantine"][0]["records"] == 2)
    #expect(answer["quarantine"][0]["reason"] == "Not a JSON object")
    #expect(answer["drift"][0]["field"] == "triage_level")
    let lengthOfStay = answer["left_out"][0]
    #expect(lengthOfStay["records"] == 1)
  }

  @Test("Conflicts of beds are counted by the hospital's time and choice")
  func bedConflicts() async throws {
    for (query, conflicts) in [
      ("hospital=2&period=7d", 0.0), ("hospital=1&period=24h", 2.0), ("from=2026-02-21T00:00:00Z&to=2026-02-26T00:00:00Z", 0.0),
    ] {
      let answer = try await TestServer.shared().json("/api/v1/quality?\(query)")
      #expect(answer["rules"].elements.first { $0["rule"].text == "bed_conflict" }?["records"].number == conflicts, "\(query)")
    }
  }

  @Test("The pipeline page shows lag by partition, the last commits and the feeds")
  func pipeline() async throws {
    let server = try TestServer()
    let now = Instant.now
    server.feed.publish(
      CommitNotice(
        batch: 43, committedAt: now, duration: .milliseconds(12), events: 100, acceptedFrom: now.advanced(bySeconds: -0.2),
        acceptedThrough: now.advanced(bySeconds: -0.05), lag: 2))
    let answer = try await server.json("/api/v1/pipeline")
    #expect(answer["lag"] == 2)
    #expect(answer["partitions"][0]["lag"] == 2)
    #expect(answer["commits"][0]["batch"] == 43)
    #expect(answer["commits"][0]["duration_ms"] == 12)
    #expect((answer["latency_p50_ms"].number ?? 0) > 50 && (answer["latency_p99_ms"].number ?? 999) < 210)
    #expect((answer["events_per_second"].number ?? -1) >= 0)
    #expect(answer["feeds"].count == 2)
  }

  @Test("Lag is that of the moment of asking, however young the rest of the pipeline page is")
  func lagIsNeverOld() async throws {
    let status = StubStatus()
    let server = try TestServer(status: status)
    server.feed.publish(
      CommitNotice(batch: 42, committedAt: .now, duration: .milliseconds(1), events: 0, acceptedFrom: nil, acceptedThrough: nil, lag: 0))
    status.change { $0.partitions[0].endOffset = 10 }
    #expect(try await server.json("/api/v1/pipeline")["lag"] == 0)
    status.change { $0.partitions[0].endOffset = 13 }
    let answer = try await server.json("/api/v1/pipeline")
    #expect(answer["lag"] == 3)
    #expect(answer["partitions"][0]["lag"] == 3)
    let csv = try await server.get("/api/v1/pipeline?format=csv&table=partitions")
    #expect(String(buffer: csv.body).contains("0,13,10,3"))
    status.change { $0.feeds[0].events = 103 }
    let feeds = try await server.json("/api/v1/pipeline")["feeds"]
    #expect(feeds[0]["events"] == 103, "who sees that there is no lag sees what was committed")
    #expect(feeds.elements.map { $0["hospital"] } == ["Northgate General", "St Catherine"])
  }

  @Test("Dimensions list what can be filtered by")
  func dimensions() async throws {
    let answer = try await TestServer.shared().json("/api/v1/dimensions")
    #expect(answer["departments"].elements == ["Emergency", "ICU"])
    #expect(answer["history_from"] == "2025-10-01T00:00:00Z")
    #expect(answer["time_zone"] == "UTC", "the two hospitals are in different zones")
  }
}
