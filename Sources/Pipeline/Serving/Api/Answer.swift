internal import DuckDB

/// A finished answer: the figures of one commit for one filter. Only the envelope is written anew for each reader.
struct Answer: Sendable {
  let envelope: Envelope
  let parts: [AnswerPart]
  /// Everything after the envelope as JSON fields, made once.
  let body: [UInt8]
  let madeAt: ContinuousClock.Instant

  init(envelope: Envelope, span: (from: Instant, to: Instant)?, filter: Filter, endpoint: Endpoint, parts: [AnswerPart]) {
    self.envelope = envelope
    self.parts = parts
    madeAt = .now
    var writer = JSONWriter(capacity: 16_384)
    writer.object { writer in
      if endpoint.hasSpan {
        writer.field("from", span?.from)
        writer.field("to", span?.to)
      }
      if endpoint.hasFilters { filter.write(to: &writer) }
      for part in parts { part.write(to: &writer) }
    }
    body = Array(writer.bytes.dropFirst().dropLast())
  }

  /// The same answer with some of its parts made anew; for endpoints without span and filter.
  func renewed(_ fresh: [AnswerPart], of endpoint: Endpoint) -> Answer {
    Answer(
      envelope: envelope, span: nil, filter: Filter(), endpoint: endpoint, parts: parts.map { part in fresh.first { $0.name == part.name } ?? part })
  }

  func json() -> JSONWriter {
    var writer = JSONWriter(capacity: body.count + 256)
    writer.object { writer in
      envelope.write(to: &writer)
      writer.fields(body)
    }
    return writer
  }

  func csv(_ table: String) -> [UInt8] {
    guard let set = parts.lazy.compactMap({ $0.table(table) }).first else { return [] }
    return CSVWriter.bytes(columns: set.columns, rows: set.rows)
  }
}
