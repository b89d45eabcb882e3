internal import NIOCore

/// One server-sent event, encoded once and shared by all streams.
struct LiveFrame: Sendable {
  let batch: Int
  /// Whether the figures are those of the hub, ahead of the store.
  let isAhead: Bool
  let madeAt: ContinuousClock.Instant
  let bytes: ByteBuffer

  /// A `live` event.
  init(_ answer: LiveAnswer) {
    var writer = JSONWriter(capacity: 24_576)
    writer.object { writer in
      answer.envelope.write(to: &writer)
      writer.field("accepted_through", answer.acceptedThrough?.textWithMilliseconds)
      for part in answer.figures.parts { part.write(to: &writer) }
    }
    batch = answer.envelope.clock.batch
    isAhead = answer.isAhead
    madeAt = .now
    bytes = Self.event("live", id: batch, data: writer.bytes)
  }

  /// A `heartbeat` event: it comes when nothing is committed too, so that a quiet night is told from a dead feed.
  static func heartbeat(clock: StoreClock, status: PipelineStatus, eventsPerSecond: Double, silentAfter: Duration) -> ByteBuffer {
    var writer = JSONWriter()
    let feeds = FeedAges(status, silentAfter: silentAfter)
    writer.object { writer in
      writer.field("at", Instant.now)
      writer.field("as_of", clock.now)
      writer.field("batch", clock.batch)
      writer.field("committed_at", clock.committedAt)
      writer.field("lag", status.lag)
      writer.field("lag_seconds", (status.lagSeconds * 1_000).rounded() / 1_000)
      writer.field("events_per_second", eventsPerSecond)
      writer.key("feeds")
      writer.array { writer in
        for (hospital, feed) in feeds.byHospital.sorted(by: { $0.key < $1.key }) {
          writer.object { writer in
            writer.field("hospital_id", hospital)
            writer.field("age_seconds", feed.ageSeconds.map { ($0 * 10).rounded() / 10 })
            writer.field("silent", feed.isSilent)
          }
        }
      }
    }
    return event("heartbeat", id: nil, data: writer.bytes)
  }

  /// How long a browser waits before it connects again.
  static let retry = ByteBuffer(string: "retry: 2000\n\n")

  private static func event(_ name: String, id: Int?, data: [UInt8]) -> ByteBuffer {
    var buffer = ByteBuffer()
    if let id { buffer.writeString("id: \(id)\n") }
    buffer.writeString("event: \(name)\ndata: ")
    buffer.writeBytes(data)
    buffer.writeString("\n\n")
    return buffer
  }
}
