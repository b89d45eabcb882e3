import Hospital

/// What really happens in one hospital: patients arrive, wait, lie in beds, move on and leave. It knows nothing of records.
struct HospitalWorld: Sendable {
  /// How long the hospital lives before the start, so that its wards are as they are on any day.
  static let warmUp = 21 * CivilTime.day

  let profiles: [DepartmentProfile]
  let plan: FlowPlan
  /// The share of open beds that each department is meant to have taken.
  let occupancy: [Double]
  let position: Int
  let description: HospitalDescription
  let scenario: SimulationScenario
  let scenarioBegin: Int64
  private(set) var now: Int64
  var wards: [Ward]
  var encounters: [Encounter] = []
  var clock: LocalClock
  private var freeSlots: [Int] = []
  private var queue = TimeQueue()
  /// Former patients who will come back, by when.
  private var returning = TimeQueue()
  private var arrivals: [SeededGenerator]
  private var plans: [SeededGenerator]
  private var processes: [SeededGenerator]
  private var people: Int64 = 0
  private var encounterCount: Int64 = 0
  private let patientOffset: UInt64
  private let isEmergency: [Bool]

  enum Purpose: UInt64 { case setUp = 1, arrival, plan, process, document, dirt, cancellation, prefill }

  enum Step: UInt64 { case arrival, ready, leave, clean, review, giveUp, close }

  init(_ configuration: SimulationConfiguration, position: Int, zone: ZoneRule) {
    let hospital = configuration.network.hospitals[position]
    let id = UInt64(hospital.id)
    let count = hospital.departments.count
    func streams(_ purpose: Purpose) -> [SeededGenerator] {
      (0..<count).map { SeededGenerator(seed: configuration.seed, stream: id, UInt64($0), purpose.rawValue) }
    }
    self.position = position
    description = hospital
    scenario = configuration.scenario
    scenarioBegin = configuration.scenarioBegin
    profiles = hospital.departments.enumerated().map { DepartmentProfile.of($1.name, position: $0) }
    isEmergency = profiles.map { $0.kind == .emergency }
    var setUp = SeededGenerator(seed: configuration.seed, stream: id, Purpose.setUp.rawValue)
    // A hospital's own luck: some are fuller than others.
    let luck = 0.02 * (2 * setUp.unit() - 1)
    occupancy = profiles.map { min(0.93, $0.occupancy + luck + 0.03 * (2 * setUp.unit() - 1)) }
    plan = FlowPlan(profiles: profiles, beds: hospital.departments.map(\.staffedBeds), occupancy: occupancy)
    patientOffset = setUp.next() >> 34
    now = CivilTime.floorDivide(configuration.start, CivilTime.second) * CivilTime.second - Self.warmUp
    clock = LocalClock(rule: zone, at: now)
    wards = hospital.departments.map { Ward(staffed: $0.staffedBeds + $0.closedBeds, closing: $0.closedBeds) }
    arrivals = streams(.arrival)
    plans = streams(.plan)
    processes = streams(.process)
    populate(configuration)
    for department in 0..<count { scheduleArrival(department) }
    scheduleClosures(configuration.start)
  }

  var nextTime: Int64 { queue.nextTime ?? .max }

  /// The next thing that happens; nil if it shows nowhere.
  mutating func step() -> WorldChange? {
    guard let entry = queue.pop(), let step = Step(rawValue: entry.payload >> 56) else { return nil }
    now = entry.time
    let subject = Int(entry.payload >> 32 & 0xff_ffff)
    let detail = UInt32(truncatingIfNeeded: entry.payload)
    switch step {
    case .arrival: return arrive(subject)
    case .clean: return clean(subject, bed: Int(detail))
    case .close: return close(subject, count: Int(detail))
    case .ready, .leave, .review, .giveUp:
      // The slot may have been given to another encounter since.
      guard encounters[subject].tag == detail, encounters[subject].phase != .over else { return nil }
      switch step {
      case .ready: return becomeReady(subject)
      case .leave: return leave(subject)
      case .review: return review(subject)
      default: return giveUp(subject)
      }
    }
  }

  // MARK: Arriving

  private mutating func scheduleArrival(_ department: Int) {
    let profile = profiles[department]
    let daily = plan.dailyArrivals[department]
    guard daily > 0 else { return }
    let greatest = daily * profile.pattern.greatest * SimulationScenario.greatestSurge
    var time = now
    // Thinning: candidates at the greatest rate, kept in proportion to the rate of their hour.
    while true {
      time += max(1, Int64(arrivals[department].exponential(mean: Double(CivilTime.day) / greatest)))
      let rate = daily * profile.pattern.weights[clock.hourOfWeek(time)] * scenario.surge(profile, since: time - scenarioBegin)
      if arrivals[department].unit() * greatest < rate { break }
    }
    let whole = CivilTime.floorDivide(time, CivilTime.second) * CivilTime.second
    schedule(.arrival, department, 0, at: max(whole, now + CivilTime.second))
  }

  private mutating func arrive(_ department: Int) -> WorldChange? {
    scheduleArrival(department)
    let profile = profiles[department]
    var patient: Patient
    if profile.kind == .emergency, let due = returning.nextTime, due <= now, let entry = returning.pop() {
      patient = Patient(packed: entry.payload)
    } else {
      patient = newPatient(department)
    }
    let slot = enter(patient, department)
    let ward = wards[department]
    // The fuller the department, the longer the desk, the triage and the bed take.
    let crowding = 1 + 5 * max(0, ward.fullness - 0.6)
    switch profile.kind {
    case .emergency:
      let minutes = processes[department].logNormal(median: 14, sigma: 0.5) * crowding
      schedule(.ready, slot, encounters[slot].tag, at: after(minutes: min(max(minutes, 2), 240)))
      let patience = processes[department].logNormal(median: 330, sigma: 0.5)
      schedule(.giveUp, slot, encounters[slot].tag, at: after(minutes: max(45, patience)))
    case .critical, .ward:
      let minutes = processes[department].logNormal(median: encounters[slot].isElective ? 55 : 25, sigma: 0.4) * crowding
      schedule(.ready, slot, encounters[slot].tag, at: after(minutes: min(max(minutes, 3), 360)))
      if profile.kind == .ward { schedule(.giveUp, slot, encounters[slot].tag, at: now + 14 * CivilTime.hour) }
    }
    return .arrived(slot)
  }

  mutating func newPatient(_ department: Int) -> Patient {
    people += 1
    // A bijection of the numbers below 2^31 - 1, so that numbers look as if given by many desks and never repeat.
    let number = (UInt64(people) * 48_271 + patientOffset) % 2_147_483_647
    return .new(number: Int64(number), at: now, ages: profiles[department].ages, &plans[department])
  }

  /// Opens an encounter that begins in a department, and plans where it leads.
  mutating func enter(_ patient: Patient, _ department: Int) -> Int {
    encounterCount += 1
    var random = plans[department]
    var legs = [leg(department, &random)]
    let chance = random.unit()
    switch profiles[department].kind {
    case .emergency:
      if chance < plan.admittedShare {
        let age = patient.age(at: now)
        legs.append(leg(destination(plan.fromEmergency, age: age, patient.gender, &random), &random))
      }
    case .ward:
      if chance < plan.worsening[department], let critical = profiles.firstIndex(where: { $0.kind == .critical }) {
        legs[0].hours *= 0.5
        legs.append(leg(critical, &random))
      }
    case .critical: break
    }
    if let last = legs.last, profiles[last.department].kind == .critical {
      if random.unit() < FlowPlan.stepDownShare, plan.fromCritical.contains(where: { $0 > 0 }) {
        legs.append(leg(random.pick(plan.fromCritical), &random))
      }
    }
    let last = legs[legs.count - 1].department
    let disposition = [Disposition.home, .careHome, .transfer, .expired][random.pick(profiles[last].leaves)]
    plans[department] = random
    var encounter = Encounter(
      serial: encounterCount, patient: patient, age: patient.age(at: now), arrivedAt: now, legs: legs)
    encounter.disposition = disposition
    encounter.isElective = profiles[department].isElective
    if let slot = freeSlots.popLast() {
      encounters[slot] = encounter
      return slot
    }
    encounters.append(encounter)
    return encounters.count - 1
  }

  private func leg(_ department: Int, _ random: inout SeededGenerator) -> Encounter.Leg {
    let profile = profiles[department]
    let hours = max(random.logNormal(median: profile.medianHours, sigma: profile.sigma), profile.leastHours)
    return Encounter.Leg(department: department, hours: min(hours, 80 * 24))
  }

  /// Where Emergency sends somebody; children to children, and only women to Maternity.
  private func destination(
    _ weights: [Double], age: Int64, _ gender: Gender, _ random: inout SeededGenerator
  ) -> Int {
    var fitting = weights
    for (index, profile) in profiles.enumerated() {
      switch profile.ages {
      // Wards for children are all that children go to, so their weight is made up for their small number.
      case .children: fitting[index] *= age < 17 ? 20 : 0
      case .mothers: fitting[index] *= gender == .female && (16..<50).contains(age) ? 6 : 0
      default: fitting[index] *= age < 17 ? 0.1 : 1
      }
    }
    return random.pick(fitting.contains { $0 > 0 } ? fitting : weights)
  }

  // MARK: Beds

  private mutating func becomeReady(_ slot: Int) -> WorldChange? {
    guard encounters[slot].phase == .onTheWay else { return nil }
    let next = encounters[slot].legs[encounters[slot].current + 1].department
    if let change = place(slot, in: next) { return change }
    if encounters[slot].current >= 0, profiles[next].kind == .critical,
      profiles[encounters[slot].legs[encounters[slot].current].department].kind == .ward
    {
      // No ICU bed: the ward keeps the patient. Waiting for each other's beds, ward and ICU could block for ever.
      let rest = encounters[slot].legs[encounters[slot].current].hours
      encounters[slot].legs.removeSubrange((encounters[slot].current + 1)...)
      encounters[slot].phase = .inBed
      encounters[slot].decidedAt = nil
      setLeave(slot, hours: rest)
      return nil
    }
    encounters[slot].phase = .queued
    wards[next].queue(.init(slot: slot, tag: encounters[slot].tag), isInside: encounters[slot].current >= 0)
    return nil
  }

  mutating func place(_ slot: Int, in department: Int) -> WorldChange? {
    guard let bed = wards[department].take(for: slot) else { return nil }
    if encounters[slot].current >= 0 { vacate(slot) }
    encounters[slot].current += 1
    let leg = encounters[slot].current
    encounters[slot].legs[leg].bed = bed
    encounters[slot].legs[leg].saidBed = bed
    encounters[slot].legs[leg].startedAt = now
    encounters[slot].phase = .inBed
    setLeave(slot, hours: encounters[slot].legs[leg].hours * pressure(department))
    if profiles[department].kind == .emergency {
      encounters[slot].seenAt = after(minutes: processes[department].logNormal(median: 12, sigma: 0.6))
    }
    estimate(slot, sigma: 0.3)
    if profiles[department].kind != .emergency {
      encounters[slot].reviews = 0
      let minutes = 40 + 90 * processes[department].unit()
      schedule(.review, slot, encounters[slot].tag, at: after(minutes: minutes))
    }
    return .placed(slot)
  }

  /// Full wards let patients go a little sooner and empty ones a little later, which keeps them near what they are meant for.
  private func pressure(_ department: Int) -> Double {
    guard profiles[department].kind == .ward else { return 1 }
    return min(1.2, max(0.85, 1 + 0.6 * (occupancy[department] - wards[department].fullness)))
  }

  mutating func setLeave(_ slot: Int, hours: Double) {
    let encounter = encounters[slot]
    let leg = encounter.legs[encounter.current]
    var time = now + Int64(hours * 3600) * CivilTime.second
    let profile = profiles[leg.department]
    if profile.kind != .emergency, hours > 20 {
      time = byDay(time, department: leg.department, notBefore: now + Int64(profile.leastHours) * CivilTime.hour)
    }
    encounters[slot].leaveAt = time
    schedule(.leave, slot, encounter.tag, at: time)
  }

  /// The same day, at an hour at which wards let patients go: most between 11 and 16 o'clock.
  private mutating func byDay(_ time: Int64, department: Int, notBefore: Int64) -> Int64 {
    let offset = Int64(clock.offset(at: time)) * CivilTime.minute
    let midnight = CivilTime.floorDivide(time + offset, CivilTime.day) * CivilTime.day
    let hour = processes[department].pick(Self.leavingHours)
    let seconds = Int64(hour) * 3600 + Int64(processes[department].below(3600))
    let wanted = midnight + seconds * CivilTime.second - offset
    return wanted >= notBefore ? wanted : wanted + CivilTime.day
  }

  private static let leavingHours: [Double] = [
    0.3, 0.2, 0.2, 0.2, 0.2, 0.3, 0.4, 0.8, 2, 4, 7, 11,
    12, 12, 12, 11, 8, 6, 4.5, 3.5, 2.2, 1.2, 0.7, 0.4,
  ]

  private mutating func vacate(_ slot: Int) {
    let leg = encounters[slot].legs[encounters[slot].current]
    wards[leg.department].vacate(leg.bed)
    let isEmergency = isEmergency[leg.department]
    let minutes = processes[leg.department].logNormal(median: isEmergency ? 12 : 45, sigma: 0.5)
    // Not sooner than records of the patient before can be late by.
    schedule(.clean, leg.department, UInt32(leg.bed), at: after(minutes: max(isEmergency ? 8 : 20, minutes)))
  }

  private mutating func clean(_ department: Int, bed: Int) -> WorldChange? {
    wards[department].makeReady(bed)
    while !wards[department].free.isEmpty, let waiting = wards[department].nextWaiting() {
      let encounter = encounters[waiting.slot]
      guard encounter.tag == waiting.tag, encounter.phase == .queued else { continue }
      return place(waiting.slot, in: department)
    }
    return nil
  }

  // MARK: Leaving

  private mutating func leave(_ slot: Int) -> WorldChange? {
    guard encounters[slot].phase == .inBed, now >= encounters[slot].leaveAt else { return nil }
    if encounters[slot].isLastLeg {
      encounters[slot].phase = .over
      vacate(slot)
      let department = encounters[slot].legs[encounters[slot].current].department
      if encounters[slot].disposition != .expired, plans[department].unit() < 0.08 {
        let days = 2 + plans[department].exponential(mean: 10)
        returning.push(encounters[slot].patient.packed, at: after(minutes: days * 1440))
      }
      freeSlots.append(slot)
      return .discharged(slot)
    }
    encounters[slot].phase = .onTheWay
    encounters[slot].decidedAt = now
    let department = encounters[slot].legs[encounters[slot].current + 1].department
    let minutes = processes[department].logNormal(median: 50, sigma: 0.4) * (1 + 2 * max(0, wards[department].fullness - 0.8))
    schedule(.ready, slot, encounters[slot].tag, at: after(minutes: max(20, minutes)))
    return nil
  }

  private mutating func giveUp(_ slot: Int) -> WorldChange? {
    guard encounters[slot].current < 0 else { return nil }
    encounters[slot].phase = .over
    freeSlots.append(slot)
    guard isEmergency[encounters[slot].legs[0].department] else { return .calledOff(slot) }
    encounters[slot].disposition = .leftWithoutBeingSeen
    return .leftUnseen(slot)
  }

  // MARK: Expecting

  private mutating func review(_ slot: Int) -> WorldChange? {
    guard encounters[slot].phase != .onTheWay || encounters[slot].current >= 0 else { return nil }
    encounters[slot].reviews += 1
    let stage = encounters[slot].reviews
    if stage > 1 { estimate(slot, sigma: 0.12) }
    let rest = encounters[slot].leaveAt - now
    if stage < 4, rest > 8 * CivilTime.hour {
      schedule(.review, slot, encounters[slot].tag, at: after(minutes: Double(rest / CivilTime.minute) * 0.6))
    }
    return .expected(slot)
  }

  /// Guesses the end of the encounter: at a quarter of an hour, and never in the past.
  private mutating func estimate(_ slot: Int, sigma: Double) {
    let encounter = encounters[slot]
    let department = encounter.legs[encounter.current].department
    var end = max(encounter.leaveAt, now)
    // Emergency does not know yet whom it will admit.
    if !isEmergency[department] {
      for leg in encounter.legs[(encounter.current + 1)...] { end += Int64(leg.hours * 3600) * CivilTime.second }
    }
    let rest = Double(max(end - now, 45 * CivilTime.minute)) * processes[department].logNormal(median: 1, sigma: sigma)
    let quarter = 15 * CivilTime.minute
    encounters[slot].expectedAt = (now + Int64(rest) + 20 * CivilTime.minute) / quarter * quarter
  }

  // MARK: Closing beds

  private mutating func close(_ department: Int, count: Int) -> WorldChange? {
    for bed in wards[department].close(count) { schedule(.clean, department, UInt32(bed), at: now) }
    return .bedsChanged(department: department, closed: count)
  }

  // MARK: Time

  private func after(minutes: Double) -> Int64 {
    now + max(1, Int64(minutes * 60)) * CivilTime.second
  }

  mutating func schedule(_ step: Step, _ subject: Int, _ detail: UInt32, at time: Int64) {
    queue.push(step.rawValue << 56 | UInt64(subject) << 32 | UInt64(detail), at: time)
  }
}
