import Hospital

/// What a hospital's system makes of its life: records, documented a little later, sometimes mistaken, sometimes spoiled.
struct HospitalFeed: Sendable {
  let style: FeedStyle
  let start: Int64
  let isEmergency: [Bool]
  var departmentCount: Int { isEmergency.count }
  private let cancellationRate: Double
  private let isClean: Bool
  private let rates: [Double]
  /// For each role, what can be wrong with a record of it; first for encounters of several visits, then of one.
  private let choices: [[[Choice]]]
  private let unknownDepartment: Int
  private let bedConflict: Int
  private var document: SeededGenerator
  private var dirt: SeededGenerator
  private var cancellation: SeededGenerator
  private var queue = TimeQueue()
  private var items: [FeedItem] = []
  private var freeItems: [Int] = []
  private var events: Int64 = 0
  /// Encounters that never were have numbers of their own, below zero.
  private var phantoms: Int64 = 0
  /// How many records, or visits, could have been wrong in each way.
  private(set) var eligible: [Int]
  private(set) var injected: [Int]
  private var caughtUp: Int64 = 0

  private struct Choice: Sendable {
    var kind: DirtKind
    var index: Int
  }

  init(_ configuration: SimulationConfiguration, position: Int, style: FeedStyle) {
    let id = UInt64(configuration.network.hospitals[position].id)
    self.style = style
    start = configuration.start
    isEmergency = configuration.network.hospitals[position].departments.enumerated().map {
      DepartmentProfile.of($1.name, position: $0).kind == .emergency
    }
    cancellationRate = configuration.cancellationRate
    isClean = configuration.dirt.isClean
    rates = DirtKind.allCases.map { configuration.dirt[$0] }
    let positions = Dictionary(uniqueKeysWithValues: DirtKind.allCases.enumerated().map { ($1, $0) })
    choices = FeedRole.allCases.map { role in
      [false, true].map { isSingle in
        role.dirt(isSingle: isSingle).map { Choice(kind: $0, index: positions[$0, default: 0]) }
      }
    }
    unknownDepartment = positions[.unknownDepartment, default: 0]
    bedConflict = positions[.bedConflict, default: 0]
    let seed = configuration.seed
    document = SeededGenerator(seed: seed, stream: id, HospitalWorld.Purpose.document.rawValue)
    dirt = SeededGenerator(seed: seed, stream: id, HospitalWorld.Purpose.dirt.rawValue)
    cancellation = SeededGenerator(seed: seed, stream: id, HospitalWorld.Purpose.cancellation.rawValue)
    eligible = [Int](repeating: 0, count: DirtKind.allCases.count)
    injected = eligible
  }

  var nextTime: Int64? { queue.nextTime }

  /// The next record to be sent.
  mutating func pop() -> FeedItem? {
    guard let entry = queue.pop() else { return nil }
    let slot = Int(entry.payload)
    freeItems.append(slot)
    return items[slot]
  }

  private mutating func push(_ item: FeedItem) {
    if let slot = freeItems.popLast() {
      items[slot] = item
      queue.push(UInt64(slot), at: item.sentAt)
    } else {
      items.append(item)
      queue.push(UInt64(items.count - 1), at: item.sentAt)
    }
  }

  // MARK: Numbers and chances

  mutating func nextEvent() -> Int64 {
    events += 1
    return events
  }

  mutating func nextPhantom() -> Int64 {
    phantoms += 1
    return phantoms
  }

  /// Whether the staff err this time.
  mutating func errs(at time: Int64) -> Bool {
    time >= start && cancellation.unit() < cancellationRate
  }

  mutating func chance() -> Double { cancellation.unit() }

  mutating func documentChance() -> Double { document.unit() }

  /// Between so many seconds, in whole milliseconds.
  mutating func delay(_ low: Int64, _ high: Int64) -> Int64 {
    document.between(low * 1000, high * 1000) * 1000
  }

  /// From the hospital's system to the hub.
  mutating func transmission() -> Int64 {
    document.between(80_000, 2_500_000)
  }

  mutating func otherDepartment(than department: Int) -> Int {
    guard departmentCount > 1 else { return department }
    let other = cancellation.below(departmentCount - 1)
    return other < department ? other : other + 1
  }

  // MARK: Being wrong

  /// Decides at the door whether the feed will give one of the departments an unknown name.
  mutating func choose(_ encounter: inout Encounter) {
    guard !isClean else { return }
    for leg in encounter.legs.indices {
      guard visit(unknownDepartment), encounter.legs.allSatisfy({ $0.alias == 0 }) else { continue }
      encounter.legs[leg].alias = 1 + dirt.below(EventEncoder.aliases.count)
      injected[unknownDepartment] += 1
    }
  }

  /// Decides whether the feed names another patient's bed, and which of those that are taken.
  mutating func mistakenBed(_ ward: Ward, not bed: Int) -> Int? {
    guard !isClean, visit(bedConflict), ward.taken > 1 else { return nil }
    for _ in 0..<20 {
      let other = 1 + dirt.below(ward.staffed)
      if other != bed, ward.occupant[other] >= 0 {
        injected[bedConflict] += 1
        return other
      }
    }
    return nil
  }

  private mutating func visit(_ kind: Int) -> Bool {
    eligible[kind] += 1
    return dirt.unit() < rates[kind]
  }

  /// Puts a record on its way, spoiled or not.
  mutating func submit(_ given: FeedItem) {
    var item = given
    if item.sentAt < start {
      // Of patients who came before the start, all is told at once.
      item.sentAt = start + caughtUp
      caughtUp += 1000
    }
    guard !isClean, item.occurredAt >= start, item.role != .department else { return push(item) }
    let chance = dirt.unit()
    item.whim = UInt32(truncatingIfNeeded: dirt.next())
    // A visit that is wrong already stays as it is, so that no record is wrong in two ways.
    guard item.alias == 0 else { return push(item) }
    var sum = 0.0
    var chosen: Choice?
    for choice in choices[Int(item.role.rawValue)][item.isSingle ? 1 : 0] {
      eligible[choice.index] += 1
      sum += rates[choice.index]
      if chosen == nil, chance < sum { chosen = choice }
    }
    guard let chosen else { return push(item) }
    injected[chosen.index] += 1
    spoil(item, chosen.kind)
  }

  private mutating func spoil(_ given: FeedItem, _ kind: DirtKind) {
    var item = given
    switch kind {
    case .lateArrival:
      item.sentAt += dirt.between(2 * 3600, 30 * 3600) * CivilTime.second
    case .outOfOrder:
      item.sentAt += dirt.between(60, 900) * CivilTime.second
    case .lateDocumentation:
      let delay = dirt.between(3600, 10 * 3600) * CivilTime.second
      item.recordedAt += delay
      item.sentAt += delay
    case .duplicate:
      push(item)
      item.isDuplicate = true
      item.sentAt += dirt.between(60, 6 * 3600) * CivilTime.second
    case .idReused:
      push(mistaken(item))
      let delay = dirt.between(60, 240) * CivilTime.second
      item.recordedAt += delay
      item.sentAt += delay
      item.isReuse = true
    case .unmatchedCancellation:
      push(item)
      item = cancellation(of: item, after: 600 * CivilTime.second)
      item.type = .cancelTransfer
      item.occurredAt = given.occurredAt + 590 * CivilTime.second
      item.cancels = nextEvent()
      item.namesTarget = true
      item.dirt = kind
    case .repeatedCancellation:
      push(item)
      let delay = dirt.between(60, 900) * CivilTime.second
      item.event = nextEvent()
      // Some senders repeat what they sent, others document it anew.
      if item.whim.isMultiple(of: 2) { item.recordedAt += delay }
      item.sentAt += delay
      item.dirt = kind
    case .movementAfterDischarge:
      push(item)
      let delay = dirt.between(3600, 3 * 3600) * CivilTime.second
      item.event = nextEvent()
      item.type = .transfer
      item.dirt = kind
      item.department = otherDepartment(than: item.department)
      item.bed = 0
      item.disposition = nil
      item.seenAt = nil
      item.occurredAt += delay
      item.recordedAt += delay
      item.sentAt += delay
    default:
      item.dirt = kind
      if kind.isExtraCopy {
        push(given)
        item.event = nextEvent()
        item.sentAt += dirt.between(1, 30) * CivilTime.second
      }
    }
    push(item)
  }

  /// What was sent first under an id that is used twice.
  private func mistaken(_ item: FeedItem) -> FeedItem {
    var first = item
    if item.role == .stayAdmission { first.waitMinutes += 7 } else { first.bed = 900 + Int(item.whim % 90) }
    return first
  }
}
