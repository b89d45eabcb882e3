internal import DuckDB
internal import Journeys

/// The figures of a department, a hospital or the network, as `Figures` in the API names them.
struct Figures: Sendable, Hashable {
  var census = 0
  var staffedBeds = 0
  var closedBeds = 0
  var freeBeds = 0
  var overCapacity = 0
  var waiting = 0
  /// Encounters, without transfers.
  var admissionsLastHour = 0
  var dischargesLastHour = 0
  var transfersInLastHour = 0
  var transfersOutLastHour = 0
  var admissionsToday = 0
  var dischargesToday = 0
  var expectedDischargesDay = 0
  var overdue = 0

  init() {}

  /// One department, from a row of ``FiguresQuery/departments``.
  init(_ set: RowSet, row: Int) {
    func count(_ column: String) -> Int { Int(set.value(column, row: row).int64 ?? 0) }
    census = count("census")
    staffedBeds = count("staffed_beds")
    closedBeds = count("closed_beds")
    freeBeds = max(0, staffedBeds - census)
    overCapacity = max(0, census - staffedBeds)
    waiting = count("waiting")
    admissionsLastHour = count("admissions_last_hour")
    dischargesLastHour = count("discharges_last_hour")
    transfersInLastHour = count("transfers_in_last_hour")
    transfersOutLastHour = count("transfers_out_last_hour")
    admissionsToday = count("admissions_today")
    dischargesToday = count("discharges_today")
    expectedDischargesDay = count("expected_discharges_day")
    overdue = count("overdue")
  }

  /// One department, as it is counted ahead of the store.
  init(_ department: LivePicture.Department) {
    let counts = department.counts
    census = counts.census
    staffedBeds = department.version.staffedBeds
    closedBeds = department.version.closedBeds
    freeBeds = max(0, staffedBeds - census)
    overCapacity = max(0, census - staffedBeds)
    waiting = counts.waiting
    admissionsLastHour = counts.admissionsLastHour
    dischargesLastHour = counts.dischargesLastHour
    transfersInLastHour = counts.transfersInLastHour
    transfersOutLastHour = counts.transfersOutLastHour
    admissionsToday = counts.admissionsToday
    dischargesToday = counts.dischargesToday
    expectedDischargesDay = counts.expectedDischargesDay
    overdue = counts.overdue
  }

  static func += (left: inout Figures, right: Figures) {
    left.census += right.census
    left.staffedBeds += right.staffedBeds
    left.closedBeds += right.closedBeds
    left.freeBeds += right.freeBeds
    left.overCapacity += right.overCapacity
    left.waiting += right.waiting
    left.admissionsLastHour += right.admissionsLastHour
    left.dischargesLastHour += right.dischargesLastHour
    left.transfersInLastHour += right.transfersInLastHour
    left.transfersOutLastHour += right.transfersOutLastHour
    left.admissionsToday += right.admissionsToday
    left.dischargesToday += right.dischargesToday
    left.expectedDischargesDay += right.expectedDischargesDay
    left.overdue += right.overdue
  }

  /// - Parameter withTransfers: a department also counts who came from and went to other departments; beyond it those are
  ///   no admissions and discharges.
  func values(withTransfers: Bool) -> [(String, Value)] {
    let occupancy = staffedBeds > 0 ? (Double(census) / Double(staffedBeds) * 10_000).rounded() / 10_000 : nil
    let transfersIn = withTransfers ? transfersInLastHour : 0
    let transfersOut = withTransfers ? transfersOutLastHour : 0
    return [
      ("census", .count(census)), ("staffed_beds", .count(staffedBeds)), ("closed_beds", .count(closedBeds)),
      ("free_beds", .count(freeBeds)), ("over_capacity", .count(overCapacity)), ("occupancy", occupancy.map(Value.double) ?? .null),
      ("waiting", .count(waiting)), ("admissions_last_hour", .count(admissionsLastHour + transfersIn)),
      ("discharges_last_hour", .count(dischargesLastHour + transfersOut)), ("admissions_today", .count(admissionsToday)),
      ("discharges_today", .count(dischargesToday)), ("expected_discharges_24h", .count(expectedDischargesDay)),
      ("overdue", .count(overdue)),
    ]
  }
}

extension Value {
  static func count(_ number: Int) -> Value { .integer(Int64(number)) }
  static func instant(_ instant: Instant?) -> Value { instant.map { .timestamp($0.microseconds) } ?? .null }
}
