internal import DuckDB
internal import Journeys
internal import ServiceLifecycle

/// Puts the questions of the API to gold: one transaction each, so that all figures of an answer belong to one commit.
struct GoldReader: Sendable {
  let pool: ConnectionPool
  let feed: CommitFeed
  let ahead: (any LiveSource)?
  let provider: any PipelineStatusProvider
  let configuration: ServingConfiguration
  let cache = AnswerCache()
  private let seen = SeenEvents()

  /// The answer of an endpoint, from the cache if it is that of the newest commit or young enough.
  func answer(_ endpoint: Endpoint, _ filter: Filter) async throws -> Answer {
    let newest = feed.latest?.batch
    let answer = try await cache.answer(.init(endpoint: endpoint.name, filter: filter)) { answer in
      // Without a notice nobody has committed since the start, so the batch tells nothing.
      let age = ContinuousClock.now - answer.madeAt
      // Feeds fall silent without a commit, so even the newest commit's answer is renewed now and then.
      if let newest, answer.envelope.clock.batch >= newest {
        return age < max(endpoint.refresh, endpoint.name == Endpoint.pipeline.name ? .zero : .seconds(10))
      }
      return age < endpoint.refresh
    } make: {
      try await make(endpoint, filter)
    }
    guard let fresh = endpoint.fresh else { return answer }
    let renewal = Renewal(kept: answer, status: await provider.status(), history: feed.history, configuration: configuration)
    return answer.renewed(fresh(renewal), of: endpoint)
  }

  private func make(_ endpoint: Endpoint, _ filter: Filter) async throws -> Answer {
    let status = await provider.status()
    return try await read { [configuration, feed, seen] connection in
      let clock = try StoreClock.read(on: connection, seen)
      let zone = try Self.check(filter, on: connection)
      let question = Question(
        connection: connection, clock: clock, filter: filter, span: filter.span(at: endpoint.clock(clock)), timeZone: zone, status: status,
        history: feed.history, configuration: configuration)
      let parts = try endpoint.answer(question)
      return Answer(
        envelope: Envelope(clock: clock, speed: configuration.speed, timeZone: zone), span: question.span, filter: filter, endpoint: endpoint,
        parts: parts)
    }
  }

  /// What a `live` frame shows: the figures without filter, ahead of the store if that can be.
  func live() async throws -> LiveAnswer {
    let status = await provider.status()
    if let picture = await ahead?.picture() {
      let figures = LiveFigures(picture, feeds: FeedAges(status, silentAfter: configuration.silentAfter))
      let latest = feed.latest
      let clock = StoreClock(
        now: Instant(microseconds: picture.now), isSimulated: picture.isSimulated, batch: latest?.batch ?? Int(picture.batch),
        committedAt: max(Instant(microseconds: picture.madeAt), latest?.committedAt ?? Instant(microseconds: 0)))
      return LiveAnswer(
        envelope: Envelope(clock: clock, speed: configuration.speed, timeZone: figures.timeZone), figures: figures,
        acceptedThrough: picture.acceptedThrough.map(Instant.init(microseconds:)), isAhead: true)
    }
    return try await read { [configuration, feed, seen] connection in
      let clock = try StoreClock.read(on: connection, seen)
      let question = Question(
        connection: connection, clock: clock, filter: Filter(), span: nil, timeZone: "UTC", status: status, history: feed.history,
        configuration: configuration)
      let figures = try LiveFigures(question)
      let accepted = feed.history.commits.filter { $0.batch <= clock.batch }.compactMap(\.acceptedThrough).max()
      return LiveAnswer(
        envelope: Envelope(clock: clock, speed: configuration.speed, timeZone: figures.timeZone), figures: figures, acceptedThrough: accepted,
        isAhead: false)
    }
  }

  func clock() async throws -> StoreClock {
    try await read { [seen] in try StoreClock.read(on: $0, seen) }
  }

  private func read<Result: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Result) async throws -> Result {
    do {
      return try await pool.withConnection(timeLimit: configuration.queryTimeLimit) { connection in
        try connection.transaction { try body(connection) }
      }
    } catch let error as DuckDBError where error.code == .interrupted {
      throw Problem.busy
    }
  }

  /// - Returns: the zone in which the answer's times are shown.
  private static func check(_ filter: Filter, on connection: Connection) throws -> String {
    let row = try DimensionQuery.check.rows(on: connection, filter.parameters)
    if row.value("hospitals").int64 ?? 0 > 0 {
      if filter.hospital != nil, row.value("matching_hospitals").int64 == 0 {
        throw Problem.parameter("hospital", "There is no such hospital. GET /api/v1/dimensions lists them.")
      }
      if filter.department != nil, row.value("matching_departments").int64 == 0 {
        throw Problem.parameter("department", "There is no such department. GET /api/v1/dimensions lists them.")
      }
    }
    return row.value("time_zone").string ?? "UTC"
  }
}

extension Endpoint {
  /// The end of a period: the hospital's now; for quality, whose period is one of arrival, the wall clock of the last commit.
  func clock(_ clock: StoreClock) -> Instant? {
    guard name == "quality" else { return clock.now }
    // A record taken in the very microsecond of the commit still belongs to it.
    return clock.committedAt.map { Instant(microseconds: $0.microseconds + 1) }
  }
}
