internal import DuckDB
internal import Hospital

/// Local times of hospitals. The engine knows the zones; what it said of a whole day is kept.
final class LocalTimes {
  private struct Day: Hashable {
    var hospitalID: Int32
    var day: Int64
  }

  /// The offset from UTC that holds all day; `nil` on a day on which clocks change.
  private var offsets: [Day: Int64?] = [:]
  private let dayOffsets: PreparedStatement
  private let localTime: PreparedStatement
  private var zones: [Int32: String] = [:]

  init(_ connection: Connection) throws(DuckDBError) {
    dayOffsets = try connection.prepare(
      """
      select epoch_us(pf_local(d, z)) - epoch_us(d), epoch_us(pf_local(d + interval 1 day, z)) - epoch_us(d + interval 1 day)
      from (select cast($1 as timestamp) as d, cast($2 as varchar) as z)
      """)
    localTime = try connection.prepare("select epoch_us(pf_local(cast($1 as timestamp), cast($2 as varchar)))")
  }

  func setZones(_ zones: [Int32: String]) {
    self.zones = zones
    offsets = [:]
  }

  /// The local time of an instant, both in microseconds since 1970.
  func local(_ hospitalID: Int32, _ instant: Int64) throws -> Int64 {
    let day = Day(hospitalID: hospitalID, day: CivilTime.floorDivide(instant, CivilTime.day))
    let zone = Value.text(zones[hospitalID] ?? "UTC")
    let offset: Int64?
    if let known = offsets[day] {
      offset = known
    } else {
      let row = try dayOffsets.query([.timestamp(day.day * CivilTime.day), zone]).rows.first ?? []
      offset = row.first?.int64 == row.last?.int64 ? row.first?.int64 : nil
      if offsets.count > 100_000 { offsets = [:] }
      offsets[day] = .some(offset)
    }
    if let offset { return instant + offset }
    return try localTime.query([.timestamp(instant), zone]).scalar.int64 ?? instant
  }
}
