import Hospital

/// One hospital: its life, and the feed that tells of it.
struct HospitalModel: Sendable {
  private(set) var world: HospitalWorld
  private(set) var feed: HospitalFeed
  let encoder: EventEncoder

  init(_ configuration: SimulationConfiguration, position: Int, zone: ZoneRule) {
    let style = FeedStyle(
      position: position, of: configuration.network.hospitals.count, shape: configuration.shape,
      isInUTC: zone.standardMinutes == 0)
    world = HospitalWorld(configuration, position: position, zone: zone)
    feed = HospitalFeed(configuration, position: position, style: style)
    encoder = EventEncoder(configuration, position: position, style: style, rule: zone)
    warmUp()
  }

  /// When something happens next or a record is sent.
  var nextTime: Int64 { min(world.nextTime, feed.nextTime ?? .max) }

  /// Lets the next thing happen, or gives the next record if it is sent before that.
  mutating func advance() -> FeedItem? {
    if let time = feed.nextTime, time < world.nextTime { return feed.pop() }
    step()
    return nil
  }

  /// The next record, whenever it is to be sent.
  mutating func pop() -> FeedItem? { feed.pop() }

  private mutating func warmUp() {
    while world.nextTime < feed.start { _ = world.step() }
    let present = world.encounters.indices.filter { world.encounters[$0].phase != .over }
    for slot in present.sorted(by: { world.encounters[$0].arrivedAt < world.encounters[$1].arrivedAt }) {
      feed.catchUp(&world.encounters[slot])
    }
  }

  private mutating func step() {
    guard let change = world.step() else { return }
    let now = world.now
    switch change {
    case .arrived(let slot):
      feed.choose(&world.encounters[slot])
      feed.arrived(&world.encounters[slot], at: now)
    case .placed(let slot):
      let current = world.encounters[slot].current
      let leg = world.encounters[slot].legs[current]
      if let bed = feed.mistakenBed(world.wards[leg.department], not: leg.bed) {
        world.encounters[slot].legs[current].saidBed = bed
      }
      feed.placed(world.encounters[slot], leg: current)
    case .expected(let slot): feed.expected(world.encounters[slot], at: now)
    case .discharged(let slot), .leftUnseen(let slot): feed.left(world.encounters[slot], at: now)
    case .calledOff(let slot): feed.calledOff(world.encounters[slot], at: now)
    case .bedsChanged(let department, let closed): feed.bedsChanged(department: department, closed: closed, at: now)
    }
  }
}
