internal import DuckDB
internal import Synchronization

/// The row of `gold.clock`: what "now" is, and which commit the answer belongs to.
struct StoreClock: Sendable, Hashable {
  var now: Instant?
  var isSimulated: Bool
  var batch: Int
  var committedAt: Instant?

  static let query = GoldQuery("select now, is_simulated, batch, committed_at from gold.clock limit 1")

  private static let firstEvent = GoldQuery(
    """
    select exists (select 1 from silver.movement_record) or exists (select 1 from silver.stay_record) or exists (select 1 from silver.quarantine)
        as has_events
    """)

  /// Before the first event of a patient, or one in quarantine, there is no now: news of departments and the ticking of the clock are no figures.
  /// - Parameter seen: remembers that there was an event, so that the store is asked for it only as long as there was none.
  static func read(on connection: Connection, _ seen: SeenEvents) throws -> StoreClock {
    let row = try query.rows(on: connection, [:])
    var clock = StoreClock(
      now: row.value("now").int64.map(Instant.init(microseconds:)), isSimulated: row.value("is_simulated").bool ?? false,
      batch: Int(row.value("batch").int64 ?? 0), committedAt: row.value("committed_at").int64.map(Instant.init(microseconds:)))
    guard !seen.isTrue else { return clock }
    if try firstEvent.rows(on: connection, [:]).value("has_events").bool == true {
      seen.set()
    } else {
      clock.now = nil
      clock.committedAt = nil
    }
    return clock
  }
}

/// Whether the store has had an event of a patient; once it has, it has for ever.
final class SeenEvents: Sendable {
  private let flag = Atomic(false)

  var isTrue: Bool { flag.load(ordering: .relaxed) }
  func set() { flag.store(true, ordering: .relaxed) }
}
