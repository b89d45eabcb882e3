/// What stands at the top of every answer.
struct Envelope: Sendable {
  var clock: StoreClock
  var speed: Double
  var timeZone: String

  /// - Parameter now: the wall clock when the answer is written; freshness is always real time.
  func write(to writer: inout JSONWriter, at now: Instant = .now) {
    writer.field("as_of", clock.now)
    writer.field("committed_at", clock.committedAt)
    let age = clock.committedAt.map { max(0, now.seconds(since: $0)) }
    writer.field("freshness_seconds", age.map { ($0 * 1_000).rounded() / 1_000 })
    writer.field("batch", clock.batch)
    writer.field("simulated", clock.isSimulated)
    writer.field("speed", clock.isSimulated ? speed : 1)
    writer.field("time_zone", timeZone)
  }
}
