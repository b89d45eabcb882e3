internal import DuckDB

/// The row of `gold.clock`: what "now" is, and which commit the answer belongs to.
struct StoreClock: Sendable, Hashable {
  var now: Instant?
  var isSimulated: Bool
  var batch: Int
  var committedAt: Instant?

  static let query = GoldQuery("select now, is_simulated, batch, committed_at from gold.clock limit 1")

  /// Before the first commit there is no row.
  static func read(on connection: Connection) throws -> StoreClock {
    let row = try query.rows(on: connection, [:])
    return StoreClock(
      now: row.value("now").int64.map(Instant.init(microseconds:)), isSimulated: row.value("is_simulated").bool ?? false,
      batch: Int(row.value("batch").int64 ?? 0), committedAt: row.value("committed_at").int64.map(Instant.init(microseconds:)))
  }
}
