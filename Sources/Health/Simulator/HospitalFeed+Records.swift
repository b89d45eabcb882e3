import Hospital

extension HospitalFeed {
  // MARK: What happened

  mutating func arrived(_ encounter: inout Encounter, at time: Int64) {
    guard !style.sendsStays else { return }
    let item = movement(.arrive, encounter, leg: 0, at: time)
    encounter.arrivalEvent = item.event
    submit(item)
    if errs(at: time) { registerInError(encounter, at: time) }
  }

  /// The patient has got the bed of a leg.
  mutating func placed(_ encounter: Encounter, leg: Int) {
    let time = encounter.legs[leg].startedAt
    if style.sendsStays {
      var item = stay(encounter, leg: leg, at: time, role: leg == 0 ? .stayAdmission : .stayUpdate)
      if leg == 0 { documentLater(&item, from: 10, to: 200) }
      submit(item)
    } else {
      let item = movement(leg == 0 ? .admit : .transfer, encounter, leg: leg, at: time)
      if leg == 0, errs(at: time) { admitInError(item) } else { submit(item) }
    }
    guard leg == encounter.current else { return }
    if errs(at: time) { leaveInError(encounter, leg: leg) }
    if errs(at: time), !style.sendsStays { moveInError(encounter, leg: leg) }
  }

  mutating func expected(_ encounter: Encounter, at time: Int64) {
    if style.sendsStays {
      // The record of the admission said the first one.
      guard encounter.reviews > 1 else { return }
      var item = stay(encounter, leg: encounter.current, at: time, role: .stayUpdate)
      // Not the same instant as a transfer, which falls on a whole second.
      item.recordedAt += 250_000
      submit(item)
      return
    }
    var item = movement(.expectedDischarge, encounter, leg: encounter.current, at: time)
    item.endsAt = encounter.expectedAt
    submit(item)
    guard errs(at: time) else { return }
    var mistake = movement(
      .expectedDischarge, encounter, leg: encounter.current, at: time + delay(60, 600) / CivilTime.second * CivilTime.second)
    mistake.endsAt = encounter.expectedAt + CivilTime.day
    takeBack(mistake)
  }

  /// The patient has left, from a bed or from the waiting room.
  mutating func left(_ encounter: Encounter, at time: Int64) {
    if style.sendsStays {
      // A registration system of stays never hears of those who only waited.
      guard encounter.current >= 0 else { return }
      var item = stay(encounter, leg: encounter.current, at: time, role: .stayDischarge)
      documentLater(&item, from: 10, to: 240)
      item.endsAt = time
      submit(item)
      return
    }
    var item = movement(.discharge, encounter, leg: max(0, encounter.current), at: time)
    if encounter.current < 0 {
      item.bed = 0
      item.role = .mistake
    }
    item.disposition = encounter.disposition
    item.seenAt = encounter.legs.count == 1 ? encounter.seenAt : nil
    submit(item)
  }

  /// A planned admission was called off: the arrival is taken back.
  mutating func calledOff(_ encounter: Encounter, at time: Int64) {
    guard !style.sendsStays, let event = encounter.arrivalEvent else { return }
    var item = movement(.cancelArrive, encounter, leg: 0, at: time)
    item.occurredAt = encounter.arrivedAt
    item.role = .cancel
    item.cancels = event
    item.hasPlace = false
    submit(item)
  }

  /// Beds were closed or opened.
  mutating func bedsChanged(department: Int, closed: Int, at time: Int64) {
    var item = FeedItem(
      role: .department, event: nextEvent(), encounter: 0, patient: Patient(number: 0, birthDay: 0, gender: .unknown), age: 0,
      occurredAt: time, recordedAt: time, sentAt: time, department: department)
    item.closedBeds = closed
    submit(item)
  }

  /// Tells of somebody who came before the start.
  mutating func catchUp(_ given: inout Encounter) {
    arrived(&given, at: given.arrivedAt)
    guard given.current >= 0 else { return }
    for leg in 0...given.current { placed(given, leg: leg) }
    let last = given.legs[given.current]
    guard !style.sendsStays, given.reviews > 0 else { return }
    let said = min(last.startedAt + 45 * CivilTime.minute, start - CivilTime.second)
    if said > last.startedAt { expected(given, at: said) }
  }

  // MARK: What was taken back

  private mutating func registerInError(_ encounter: Encounter, at time: Int64) {
    var phantom = encounter
    let number = nextPhantom()
    phantom.serial = -number
    phantom.patient.number = 2_147_483_647 + number
    takeBack(movement(.arrive, phantom, leg: 0, at: time))
  }

  /// Admitted to the wrong department, taken back, and admitted to the right one.
  private mutating func admitInError(_ item: FeedItem) {
    var wrong = item
    wrong.event = nextEvent()
    wrong.department = otherDepartment(than: item.department)
    wrong.alias = 0
    wrong.bed = 0
    let cancel = takeBack(wrong)
    var right = item
    right.role = .mistake
    right.recordedAt = cancel.recordedAt + delay(20, 300)
    right.sentAt = right.recordedAt + transmission()
    submit(right)
  }

  /// Discharged on paper while still in bed.
  private mutating func leaveInError(_ encounter: Encounter, leg: Int) {
    guard let time = instantWithin(encounter, leg: leg) else { return }
    if style.sendsStays {
      var wrong = stay(encounter, leg: leg, at: time, role: .stayMistake)
      wrong.recordedAt += 30_500_000
      wrong.sentAt = wrong.recordedAt + transmission()
      wrong.endsAt = time
      submit(wrong)
      var right = stay(encounter, leg: leg, at: time, role: .stayMistake)
      right.recordedAt = wrong.recordedAt + delay(300, 1500)
      right.sentAt = right.recordedAt + transmission()
      right.endsAt = max(encounter.expectedAt, right.recordedAt + CivilTime.hour)
      submit(right)
    } else {
      var wrong = movement(.discharge, encounter, leg: leg, at: time)
      wrong.disposition = .home
      takeBack(wrong)
    }
  }

  private mutating func moveInError(_ encounter: Encounter, leg: Int) {
    guard departmentCount > 1, let time = instantWithin(encounter, leg: leg) else { return }
    var wrong = movement(.transfer, encounter, leg: leg, at: time)
    let here = encounter.legs[leg]
    wrong.priorDepartment = here.alias == 0 ? here.department : nil
    wrong.priorBed = here.saidBed
    wrong.department = otherDepartment(than: here.department)
    wrong.alias = 0
    wrong.bed = 0
    takeBack(wrong)
  }

  /// An instant well within a leg; nil if the leg is too short.
  private mutating func instantWithin(_ encounter: Encounter, leg: Int) -> Int64? {
    let from = encounter.legs[leg].startedAt
    let length = encounter.leaveAt - from
    guard length > 2 * CivilTime.hour else { return nil }
    return from + Int64(Double(length / CivilTime.second) * (0.3 + 0.4 * chance())) * CivilTime.second
  }

  @discardableResult
  private mutating func takeBack(_ mistake: FeedItem) -> FeedItem {
    var mistake = mistake
    mistake.role = .mistake
    submit(mistake)
    let cancel = cancellation(of: mistake, after: delay(300, 1500))
    submit(cancel)
    return cancel
  }

  // MARK: Records

  private mutating func stay(_ encounter: Encounter, leg: Int, at time: Int64, role: FeedRole) -> FeedItem {
    var item = bare(encounter, leg: leg, at: time, role: role)
    item.sentAt += transmission()
    item.admittedAt = encounter.legs[0].startedAt
    item.waitMinutes = (item.admittedAt - encounter.arrivedAt) / CivilTime.minute
    item.endsAt = encounter.expectedAt
    return item
  }

  private mutating func movement(_ type: MovementType, _ encounter: Encounter, leg: Int, at time: Int64) -> FeedItem {
    var item = bare(encounter, leg: leg, at: time, role: FeedRole(type))
    item.type = type
    item.isInpatient = !isEmergency[item.department]
    item.recordedAt += documentDelay()
    item.sentAt = item.recordedAt + transmission()
    if type == .arrive { item.bed = 0 }
    guard type == .transfer, leg > 0 else { return item }
    let prior = encounter.legs[leg - 1]
    // A name that is not known is said where the patient is, once.
    item.priorDepartment = prior.alias == 0 ? prior.department : nil
    item.priorBed = prior.saidBed
    item.decidedAt = encounter.decidedAt
    item.seenAt = encounter.seenAt
    return item
  }

  private mutating func bare(_ encounter: Encounter, leg: Int, at time: Int64, role: FeedRole) -> FeedItem {
    let place = encounter.legs[leg]
    var item = FeedItem(
      role: role, event: nextEvent(), encounter: encounter.serial, patient: encounter.patient, age: encounter.age,
      occurredAt: time, recordedAt: time, sentAt: time, department: place.department)
    item.alias = place.alias
    item.bed = place.saidBed
    item.isSingle = encounter.legs.count == 1
    return item
  }

  /// The cancellation of a movement, documented so long after it.
  mutating func cancellation(of item: FeedItem, after delay: Int64) -> FeedItem {
    var cancel = item
    cancel.role = .cancel
    cancel.type = item.type?.cancellation
    cancel.event = nextEvent()
    cancel.cancels = item.event
    // Some systems name what they cancel; for others the same time has to do.
    cancel.namesTarget = chance() < 0.7
    cancel.recordedAt = item.recordedAt + delay
    cancel.sentAt = cancel.recordedAt + transmission()
    cancel.hasPlace = false
    cancel.alias = 0
    cancel.endsAt = nil
    cancel.disposition = nil
    cancel.decidedAt = nil
    cancel.seenAt = nil
    cancel.priorDepartment = nil
    return cancel
  }

  private mutating func documentLater(_ item: inout FeedItem, from low: Int64, to high: Int64) {
    item.recordedAt += delay(low, high) / CivilTime.second * CivilTime.second
    item.sentAt = item.recordedAt + transmission()
  }

  /// From seconds to five minutes; never longer than a bed is cleaned, so that a record that lost its time holds no bed twice.
  private mutating func documentDelay() -> Int64 {
    let root = documentChance()
    return Int64((5 + 295 * root * root * root) * 1000) * 1000
  }
}

extension FeedRole {
  init(_ type: MovementType) {
    self =
      switch type {
      case .arrive: .arrive
      case .admit: .admit
      case .transfer: .transfer
      case .discharge: .discharge
      case .expectedDischarge: .expected
      case .cancelArrive, .cancelAdmit, .cancelTransfer, .cancelDischarge, .cancelExpectedDischarge: .cancel
      }
  }
}
