import Hospital

/// A network of hospitals, simulated event by event.
///
/// Its state is a function of the configuration and of simulated time: a simulation that is set up again and moved on to the instant
/// at which another stopped continues with the same records. Patients arrive by hour and weekday, wait, lie in finite beds, move and
/// leave; each hospital's feed tells of it in its own style, a little later, with what errors the configuration asks for.
public struct HospitalSimulation: Sendable {
  public let configuration: SimulationConfiguration
  private(set) var hospitals: [HospitalModel]
  private var announcements: ArraySlice<SimulatedEvent>
  /// When something happens next in each hospital, or its feed sends.
  private var times: [Int64]
  private var json = JSONBuffer()
  private(set) var ledgers: [TruthLedger] = []
  private(set) var announced = 0
  private var isDrained = false
  /// When the last record was sent; the start before the first.
  public private(set) var now: Int64
  /// Records sent or passed over so far.
  public private(set) var count = 0

  /// Sets the hospitals up and lives their last weeks before the start, so that wards are as on any day.
  public init(configuration: SimulationConfiguration) throws(SimulationError) {
    try configuration.validate()
    self.configuration = configuration
    now = configuration.start
    hospitals = []
    for (position, hospital) in configuration.network.hospitals.enumerated() {
      guard let zone = configuration.zone(hospital) else { throw .unknownTimeZone(hospital.timeZone) }
      hospitals.append(HospitalModel(configuration, position: position, zone: zone))
    }
    announcements = []
    if configuration.announcesDepartments {
      announcements = Self.departmentEvents(for: configuration.network, at: configuration.start)[...]
    }
    times = hospitals.map(\.nextTime)
    if configuration.collectsTruth { ledgers = hospitals.map { TruthLedger(encoder: $0.encoder) } }
  }

  /// A simulation that goes on after an instant, as if all before had been sent already.
  public static func resumed(_ configuration: SimulationConfiguration, at instant: Int64) throws(SimulationError) -> Self {
    var simulation = try Self(configuration: configuration)
    simulation.skip(through: instant)
    return simulation
  }

  /// The next record; nil when the simulation is drained.
  public mutating func next() -> SimulatedEvent? {
    if let announcement = announcements.popFirst() {
      announced += 1
      count += 1
      return announcement
    }
    guard let (position, item) = nextItem(through: .max) else { return nil }
    return hospitals[position].encoder.event(item, &json)
  }

  /// The next record that is sent until an instant, the instant included; nil when there is none left. ``now`` is then when the last
  /// record was sent, so that a caller who stops in the middle of an hour has a truth of exactly what was sent.
  public mutating func next(through instant: Int64) -> SimulatedEvent? {
    if let first = announcements.first { return first.sentAt <= instant ? next() : nil }
    guard let (position, item) = nextItem(through: instant) else { return nil }
    return hospitals[position].encoder.event(item, &json)
  }

  /// All records that are sent until an instant, the instant included.
  public mutating func advance(to instant: Int64) -> [SimulatedEvent] {
    var events: [SimulatedEvent] = []
    while let event = next(through: instant) { events.append(event) }
    guard announcements.isEmpty else { return events }
    now = max(now, instant)
    return events
  }

  /// Moves on without writing the records; the truth still accounts for them.
  public mutating func skip(through instant: Int64) {
    while let first = announcements.first, first.sentAt <= instant {
      announcements.removeFirst()
      announced += 1
      count += 1
    }
    while nextItem(through: instant) != nil {}
    now = max(now, instant)
  }

  /// Ends the simulation at ``now``: what has happened by then and was not yet sent comes at once, so that nothing is left half
  /// told. A cancellation or a second sending that was to come is among it.
  public mutating func drain() -> [SimulatedEvent] {
    guard !isDrained else { return [] }
    let end = now
    var events: [SimulatedEvent] = []
    var items: [(position: Int, item: FeedItem)] = []
    for position in hospitals.indices {
      while let item = hospitals[position].pop() {
        if item.occurredAt <= end { items.append((position, item)) }
      }
    }
    items.sort { ($0.item.sentAt, $0.position, $0.item.event) < ($1.item.sentAt, $1.position, $1.item.event) }
    for (position, item) in items { events.append(send(position, item)) }
    isDrained = true
    return events
  }

  private mutating func send(_ position: Int, _ item: FeedItem) -> SimulatedEvent {
    account(position, item)
    return hospitals[position].encoder.event(item, &json)
  }

  private mutating func nextItem(through instant: Int64) -> (Int, FeedItem)? {
    guard !isDrained else { return nil }
    while true {
      var position = 0
      for other in times.indices.dropFirst() where times[other] < times[position] { position = other }
      // The instant that never comes is that of hospitals in which nothing happens.
      guard times[position] <= instant, times[position] < .max else { return nil }
      let item = hospitals[position].advance()
      times[position] = hospitals[position].nextTime
      if let item {
        account(position, item)
        return (position, item)
      }
    }
  }

  private mutating func account(_ position: Int, _ item: FeedItem) {
    count += 1
    now = max(now, item.sentAt)
    if !ledgers.isEmpty { ledgers[position].record(item) }
  }
}
