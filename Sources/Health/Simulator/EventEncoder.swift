import Hospital

/// Writes a hospital's records in its own style, and wrong where they are to be wrong.
struct EventEncoder: Sendable {
  /// Names of departments that no network has.
  static let aliases = ["Day Case Unit", "Stroke Unit", "Emergency Dept", "Ward 12B"]
  /// Fields that no schema declares.
  static let unknownFields: [UnknownField] = [
    UnknownField(name: "triage_colour", text: "amber"), UnknownField(name: "nurse_in_charge", text: "rota-3"),
    UnknownField(name: "isolation", text: "none"), UnknownField(name: "payer", text: "public"),
  ]
  /// The number of a hospital that is not in the network.
  let strangeHospital: Int64

  let description: HospitalDescription
  let style: FeedStyle
  private let rule: ZoneRule
  private let salt: UInt64
  private let prefixes: [String]
  private let hospitalText: String
  private let source: MovementSource
  private let keyPrefix: [UInt8]

  init(_ configuration: SimulationConfiguration, position: Int, style: FeedStyle, rule: ZoneRule) {
    description = configuration.network.hospitals[position]
    self.style = style
    self.rule = rule
    salt = SeededGenerator.mix(configuration.seed ^ SeededGenerator.mix(UInt64(description.id)))
    prefixes = description.departments.enumerated().map { DepartmentProfile.of($1.name, position: $0).bedPrefix }
    hospitalText = String(description.id)
    source = MovementSource(system: style.system, format: "simulator")
    keyPrefix = Array("\(description.id)|".utf8)
    strangeHospital = Int64(configuration.network.hospitals.map(\.id).max() ?? 0) + 92
  }

  /// The record as the hub gets it.
  func event(_ item: FeedItem, _ json: inout JSONBuffer) -> SimulatedEvent {
    json.removeAll()
    var key = keyPrefix
    if item.role == .department {
      change(item).encode(into: &json)
      key.append(contentsOf: description.departments[item.department].name.utf8)
    } else {
      if item.type == nil { stay(item).encode(into: &json) } else { movement(item).encode(into: &json) }
      key.append(contentsOf: Self.patientText(item.patient.number).utf8)
    }
    var body = json.bytes
    switch item.dirt {
    case .malformedJSON: body.removeLast(body.count / 2)
    // The tenth letter of the event id; no UTF-8 has this byte.
    case .invalidUTF8: body[22] = 0xff
    default: break
    }
    return SimulatedEvent(sentAt: item.sentAt, hospitalID: description.id, key: key, body: body)
  }

  // MARK: Texts

  static func patientText(_ number: Int64) -> String { numbered("P", number) }

  func encounterText(_ serial: Int64) -> String {
    // A bijection, so that visits of a seed do not look like those of another.
    let magnitude = (serial.magnitude &* 69_621 &+ salt >> 34) % 2_147_483_647
    return Self.numbered(serial < 0 ? "X" : "V", Int64(magnitude))
  }

  func bedText(department: Int, bed: Int) -> String? {
    guard bed > 0 else { return nil }
    return style.bedIsNumber ? String((department + 1) * 1000 + bed) : prefixes[department] + String(bed)
  }

  /// The raw admission time, by which a stay without encounter id is told from others.
  func admissionText(_ item: FeedItem) -> String {
    var json = JSONBuffer()
    json.time("t", admission(item), timeText(item.admittedAt))
    // "t":"…"
    let bytes = json.bytes.dropFirst(5).dropLast()
    return String(decoding: bytes, as: UTF8.self)
  }

  func departmentText(_ item: FeedItem) -> String {
    item.alias > 0 ? Self.aliases[item.alias - 1] : description.departments[item.department].name
  }

  func unknownField(_ item: FeedItem) -> UnknownField? {
    item.dirt == .unknownField ? Self.unknownFields[Int(item.whim) % Self.unknownFields.count] : nil
  }

  func hospitalText(_ item: FeedItem) -> String? {
    switch item.dirt {
    case .missingHospital, .malformedJSON, .invalidUTF8: nil
    case .unknownHospital: String(strangeHospital)
    default: hospitalText
    }
  }

  private func eventText(_ number: Int64) -> String {
    // Thirteen letters of base 32 hold 64 bits, so different numbers have different texts; few enough to need no memory of their own.
    let mixed = SeededGenerator.mix(salt &+ UInt64(bitPattern: number))
    return String(unsafeUninitializedCapacity: 14) { bytes in
      bytes[0] = UInt8(ascii: "e")
      for position in 0..<13 {
        let digit = UInt8(truncatingIfNeeded: mixed >> UInt64(5 * position) & 31)
        bytes[position + 1] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
      }
      return 14
    }
  }

  private static func numbered(_ letter: Unicode.Scalar, _ number: Int64) -> String {
    String(unsafeUninitializedCapacity: 11) { bytes in
      bytes[0] = UInt8(ascii: letter)
      var rest = number
      for position in stride(from: 10, to: 0, by: -1) {
        bytes[position] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
      }
      return 11
    }
  }

  private func timeText(_ instant: Int64) -> TimeText {
    if style.writesLocalTime { return .offset(minutes: rule.offset(at: instant).minutes) }
    return style.writesBareTime ? .bare : .zulu
  }

  // MARK: Records

  private func change(_ item: FeedItem) -> DepartmentChange {
    var department = description.departments[item.department]
    // Closing a bed takes it out of the staffed ones.
    department.staffedBeds += department.closedBeds - item.closedBeds
    department.closedBeds = item.closedBeds
    return DepartmentChange(
      eventID: eventText(item.event), occurredAt: item.occurredAt, recordedAt: item.recordedAt, hospital: description,
      department: department)
  }

  private func stay(_ item: FeedItem) -> StayRecord {
    var record = StayRecord(
      hospitalID: hospital(item), patientID: patient(item), department: .value(departmentText(item)),
      admissionTime: admission(item))
    record.eventID = .value(eventText(item.event))
    record.eventTime =
      item.dirt == .eventTimeUnparsable ? .text(unreadable(item, item.recordedAt)) : .value(item.recordedAt)
    if style.sendsEncounter { record.encounterID = .value(encounterText(item.encounter)) }
    record.gender = .value(gender(item))
    record.age = age(item)
    if let bed = bedText(department: item.department, bed: item.bed) { record.bedID = .value(bed) }
    record.bedIsNumber = style.bedIsNumber
    switch item.dirt {
    case .dischargeUnparsable: record.dischargeTime = .text(unreadable(item, item.endsAt ?? item.occurredAt))
    case .dischargeBeforeAdmission: record.dischargeTime = .value(item.admittedAt - Int64(1 + item.whim % 72) * CivilTime.hour)
    default: record.dischargeTime = item.endsAt.map { .value($0) } ?? .null
    }
    record.waitTimeMinutes = .value(item.waitMinutes)
    record.unknownField = unknownField(item)
    record.timeText = timeText(item.occurredAt)
    return record
  }

  private func admission(_ item: FeedItem) -> Sent<Int64> {
    switch item.dirt {
    case .admissionMissing: item.whim % 2 == 0 ? .absent : .null
    case .admissionUnparsable: .text(unreadable(item, item.admittedAt))
    case .admissionInFuture: .value(item.recordedAt + Int64(1 + item.whim % 72) * CivilTime.hour)
    default: .value(item.admittedAt)
    }
  }

  private func movement(_ item: FeedItem) -> Movement {
    let type = item.dirt == .unknownType ? ["teleport", "a99", ""][Int(item.whim % 3)] : item.type?.rawValue ?? ""
    let recorded: Sent<Int64> =
      item.dirt == .recordedUnparsable ? .text(unreadable(item, item.recordedAt)) : .value(item.recordedAt)
    var event = Movement(
      eventID: eventText(item.event), source: source, type: type, occurredAt: occurred(item), recordedAt: recorded,
      hospitalID: hospital(item), patientID: patient(item), encounterID: encounter(item))
    event.encounterClass = item.isInpatient ? .inpatient : .emergency
    if item.hasPlace {
      event.location = place(item.department, item.bed, name: departmentText(item))
      if let prior = item.priorDepartment {
        event.priorLocation = place(prior, item.priorBed, name: description.departments[prior].name)
      }
    }
    if item.role == .arrive || item.role == .admit || item.type == .arrive || item.type == .admit {
      event.gender = .value(gender(item))
      event.age = age(item)
      if style.sendsBirthDate { event.birthDate = item.patient.birthDay }
    }
    event.admitDecisionAt = item.decidedAt
    event.seenAt = item.seenAt
    event.disposition = item.disposition
    event.expectedDischargeTime = item.type == .expectedDischarge ? item.endsAt : nil
    if let target = item.cancels, item.namesTarget { event.cancels = eventText(target) }
    event.unknownField = unknownField(item)
    event.timeText = timeText(item.occurredAt)
    return event
  }

  private func place(_ department: Int, _ bed: Int, name: String) -> Place {
    guard let text = bedText(department: department, bed: bed) else { return Place(department: name) }
    return Place(department: name, room: prefixes[department] + "R" + String((bed + 3) / 4), bed: text)
  }

  private func occurred(_ item: FeedItem) -> Sent<Int64> {
    switch item.dirt {
    case .occurredMissing: item.whim % 2 == 0 ? .absent : .null
    case .occurredUnparsable: .text(unreadable(item, item.occurredAt))
    case .occurredInFuture: .value(item.recordedAt + Int64(1 + item.whim % 48) * CivilTime.hour)
    default: .value(item.occurredAt)
    }
  }

  private func hospital(_ item: FeedItem) -> Sent<Int64> {
    switch item.dirt {
    case .missingHospital: return item.whim % 3 == 0 ? .absent : item.whim % 3 == 1 ? .null : .text("north wing")
    case .unknownHospital: return .value(strangeHospital)
    default: return style.hospitalIsText ? .text(hospitalText) : .value(Int64(description.id))
    }
  }

  private func patient(_ item: FeedItem) -> Sent<String> {
    guard item.dirt == .missingPatient else { return .value(Self.patientText(item.patient.number)) }
    return item.whim % 3 == 0 ? .absent : item.whim % 3 == 1 ? .null : .text("")
  }

  private func encounter(_ item: FeedItem) -> Sent<String> {
    guard item.dirt == .missingEncounter else { return .value(encounterText(item.encounter)) }
    return item.whim % 2 == 0 ? .absent : .null
  }

  private func age(_ item: FeedItem) -> Sent<Int64> {
    switch item.dirt {
    case .ageOutOfRange: .value(item.whim % 2 == 0 ? 121 + Int64(item.whim % 79) : -1 - Int64(item.whim % 9))
    case .ageUnparsable: .text(["forty", "unknown", "4O", "n/a"][Int(item.whim % 4)])
    default: .value(item.age)
    }
  }

  private func gender(_ item: FeedItem) -> String {
    let isFemale = item.patient.gender == .female
    return style.genderIsLetter ? (isFemale ? "F" : "M") : (isFemale ? "Female" : "Male")
  }

  /// A time as no standard writes it, different for different times.
  private func unreadable(_ item: FeedItem, _ instant: Int64) -> String {
    let days = CivilTime.floorDivide(instant, CivilTime.day)
    let (year, month, day) = CivilTime.date(days: days)
    let second = (instant - days * CivilTime.day) / CivilTime.second
    return item.whim % 2 == 0
      ? "\(day)/\(month)/\(year) at \(second / 60)m\(second % 60)" : "\(year)-13-\(day)Tlate\(second)"
  }
}
