internal import DuckDB

extension Endpoint {
  /// How far behind the store is, and how quick.
  static let pipeline = Endpoint(
    "pipeline", [], tables: ["rates", "partitions", "commits", "stores", "feeds"], refresh: .milliseconds(500), hasSpan: false, hasFilters: false,
    fresh: { renewal in
      // The names of hospitals are all that comes from the store; they are those of the answer that is kept.
      parts(renewal.status, renewal.history, names: renewal.kept.parts.lazy.compactMap { $0.table("feeds") }.first, renewal.configuration)
    }
  ) { question in
    let latency = question.history.latency()
    let hospitals = try question.rows(FiguresQuery.hospitals)
    let names = RowSet(columns: hospitals.columns.map { $0 == "name" ? "hospital" : $0 }, rows: hospitals.rows)
    return parts(question.status, question.history, names: names, question.configuration) + [
      .value("events_per_second", .double(question.history.eventsPerSecond())), .value("latency_p50_ms", number(latency?.p50)),
      .value("latency_p99_ms", number(latency?.p99)), .rows("rates", rates(question.history.rates())),
    ]
  }

  /// What is of this very moment: who has just sent something and asks sees it. The rest is figures of minutes.
  private static func parts(
    _ status: PipelineStatus, _ history: CommitHistory, names: RowSet?, _ configuration: ServingConfiguration
  ) -> [AnswerPart] {
    [
      .value("lag", .count(status.lag)), .value("lag_seconds", .double(rounded(status.lagSeconds))),
      .rows("partitions", partitions(status.partitions)), .rows("commits", commits(history.commits)),
      .rows(
        "stores",
        RowSet(
          columns: ["store", "rows", "bytes"],
          rows: status.stores.map { [.text($0.name), $0.rows.map(Value.count) ?? .null, $0.bytes.map(Value.count) ?? .null] })),
      .rows("feeds", feeds(names ?? RowSet(columns: [], rows: []), FeedAges(status, silentAfter: configuration.silentAfter))),
    ]
  }

  private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

  private static func number(_ value: Double?) -> Value { value.map { .double(rounded($0)) } ?? .null }

  private static func rates(_ rates: [PipelineStatus.Rate]) -> RowSet {
    RowSet(
      columns: ["at", "events_per_second", "lag", "latency_p50_ms", "latency_p99_ms"],
      rows: rates.map {
        [.instant($0.at), .double($0.eventsPerSecond), .count($0.lag), number($0.latencyP50Milliseconds), number($0.latencyP99Milliseconds)]
      })
  }

  private static func partitions(_ partitions: [PipelineStatus.Partition]) -> RowSet {
    RowSet(
      columns: ["partition", "end_offset", "committed_offset", "lag"],
      rows: partitions.map {
        [.count($0.partition), .integer($0.endOffset), .integer($0.committedOffset), .integer(max(0, $0.endOffset - $0.committedOffset))]
      })
  }

  private static func commits(_ commits: [CommitNotice]) -> RowSet {
    RowSet(
      columns: ["batch", "committed_at", "events", "duration_ms"],
      rows: commits.map {
        [
          .count($0.batch), .instant($0.committedAt), .count($0.events),
          .double(rounded(Double($0.duration.components.seconds) * 1e3 + Double($0.duration.components.attoseconds) / 1e15)),
        ]
      })
  }

  private static func feeds(_ names: RowSet, _ feeds: FeedAges) -> RowSet {
    RowSet(
      columns: ["hospital_id", "hospital", "events", "last_event_at", "age_seconds", "silent"],
      rows: names.rows.indices.map { index in
        let id = names.value("hospital_id", row: index)
        let feed = feeds.feed(of: Int(id.int64 ?? 0))
        return [
          id, names.value("hospital", row: index), .count(feed.events), .instant(feed.lastEventAt), number(feed.ageSeconds), .boolean(feed.isSilent),
        ]
      })
  }
}
