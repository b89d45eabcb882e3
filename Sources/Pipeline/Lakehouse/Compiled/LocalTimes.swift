internal import DuckDB
internal import Hospital
internal import Synchronization

/// Local times of hospitals. The engine knows the zones; what it said of a whole day is kept.
///
/// Several threads may ask while the thread that owns the connection waits for them: the lock lets one at a time to it.
final class LocalTimes: Sendable {
  private struct Day: Hashable {
    var hospitalID: Int32
    var day: Int64
  }

  private struct Known {
    /// The offset from UTC that holds all day; `nil` on a day on which clocks change.
    var offsets: [Day: Int64?] = [:]
    var zones: [Int32: String] = [:]
  }

  private let known = Mutex(Known())
  private let dayOffsets: PreparedStatement
  private let localTime: PreparedStatement

  init(_ connection: Connection) throws(DuckDBError) {
    dayOffsets = try connection.prepare(
      """
      select epoch_us(pf_local(d, z)) - epoch_us(d), epoch_us(pf_local(d + interval 1 day, z)) - epoch_us(d + interval 1 day)
      from (select cast($1 as timestamp) as d, cast($2 as varchar) as z)
      """)
    localTime = try connection.prepare("select epoch_us(pf_local(cast($1 as timestamp), cast($2 as varchar)))")
  }

  func setZones(_ zones: [Int32: String]) { known.withLock { $0 = Known(zones: zones) } }

  /// The local time of an instant, both in microseconds since 1970.
  func local(_ hospitalID: Int32, _ instant: Int64) throws -> Int64 {
    let day = Day(hospitalID: hospitalID, day: CivilTime.floorDivide(instant, CivilTime.day))
    return try known.withLock { known in
      if let offset = known.offsets[day] {
        if let offset { return instant + offset }
      } else {
        let offset = try wholeDayOffset(day, known.zones)
        if known.offsets.count > 100_000 { known.offsets = [:] }
        known.offsets[day] = .some(offset)
        if let offset { return instant + offset }
      }
      return try localTime.query([.timestamp(instant), Self.zone(hospitalID, known.zones)]).scalar.int64 ?? instant
    }
  }

  private func wholeDayOffset(_ day: Day, _ zones: [Int32: String]) throws -> Int64? {
    let row = try dayOffsets.query([.timestamp(day.day * CivilTime.day), Self.zone(day.hospitalID, zones)]).rows.first ?? []
    return row.first?.int64 == row.last?.int64 ? row.first?.int64 : nil
  }

  private static func zone(_ hospitalID: Int32, _ zones: [Int32: String]) -> Value { .text(zones[hospitalID] ?? "UTC") }
}
