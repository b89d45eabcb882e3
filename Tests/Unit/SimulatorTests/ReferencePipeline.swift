import Foundation
import Hospital
import Simulator

/// A pipeline as simple as it can be written: it reads the bytes, applies the rules and derives the visits. It shares no code with
/// the simulation's own accounting, so where the two agree, both are believed.
struct ReferencePipeline {
  struct Known {
    var type: String?
    var id: String
    var occurred: Int64 = 0
    var recorded: Int64 = 0
    var hash = 0
    var department = ""
    var rawDepartment = ""
    var bed: String?
    var admission: Int64 = 0
    var rawAdmission = ""
    var discharge: Int64?
    var expected: Int64?
    var disposition: String?
    var cancels: String?
  }

  struct Visit: Hashable {
    var hospital: Int
    var department: String
    var patient: String
    var arrival: Int64?
    var admission: Int64?
    var discharge: Int64?
    var expected: Int64?
    var bed: String?
    var isLast: Bool
  }

  private(set) var rules: [Rule: Int] = [:]
  private(set) var drift: [String: Int] = [:]
  private var seen: Set<[UInt8]> = []
  /// By hospital, patient and encounter; a feed without encounters has one journey a patient.
  private var journeys: [String: [Known]] = [:]
  private let departments: [Int: Set<String>]

  init(_ network: HospitalNetwork) {
    departments = Dictionary(uniqueKeysWithValues: network.hospitals.map { ($0.id, Set($0.departments.map(\.name))) })
  }

  private mutating func found(_ rule: Rule) { rules[rule, default: 0] += 1 }

  mutating func take(_ event: SimulatedEvent) {
    guard String(validating: event.body, as: UTF8.self) != nil else { return found(.invalidUTF8) }
    guard let fields = try? JSONSerialization.jsonObject(with: Data(event.body)) as? [String: Any] else {
      return found(.malformedJSON)
    }
    if fields["type"] as? String == "department_changed" { return }
    guard seen.insert(event.body).inserted else { return found(.duplicate) }
    guard let patient = fields["patient_id"] as? String, !patient.isEmpty else { return found(.missingPatient) }
    guard let hospital = (fields["hospital_id"] as? Int) ?? (fields["hospital_id"] as? String).flatMap(Int.init) else {
      return found(.missingHospital)
    }
    guard let known = departments[hospital] else { return found(.unknownHospital) }
    var fact = Known(type: fields["type"] as? String, id: fields["event_id"] as? String ?? "", hash: event.body.hashValue)
    let isStay = fields["type"] == nil
    if let type = fact.type, MovementType(rawValue: type) == nil { return found(.unknownType) }
    if !isStay, fields["encounter_id"] as? String == nil { return found(.missingEncounter) }
    for field in fields.keys where !Self.declared(isStay).contains(field) { drift[field, default: 0] += 1 }

    let place = isStay ? fields : fields["location"] as? [String: Any]
    if let name = place?["department"] as? String {
      fact.rawDepartment = name
      fact.department = known.contains(name) ? name : "unmapped"
      if fact.department == "unmapped" { found(.unknownDepartment) }
    }
    let bed = place?[isStay ? "bed_id" : "bed"]
    fact.bed = bed as? String ?? (bed as? Int).map { String($0) }
    if let age = fields["age"] {
      if let number = age as? Int {
        if !(0...120).contains(number) { found(.ageOutOfRange) }
      } else {
        found(.ageUnparsable)
      }
    }
    if isStay { readStay(fields, event, &fact) } else { readMovement(fields, event, &fact) }
    let encounter = fields["encounter_id"] as? String ?? ""
    journeys["\(hospital)|\(patient)|\(encounter)", default: []].append(fact)
  }

  private mutating func readStay(_ fields: [String: Any], _ event: SimulatedEvent, _ fact: inout Known) {
    fact.recorded = Self.time(fields["event_time"]) ?? event.sentAt
    if Self.isUnreadable(fields["event_time"]) { found(.eventTimeUnparsable) }
    fact.rawAdmission = fields["admission_time"] as? String ?? ""
    if let admission = Self.time(fields["admission_time"]) {
      if admission > fact.recorded + 15 * CivilTime.minute { found(.admissionInFuture) }
      fact.admission = admission > fact.recorded + 15 * CivilTime.minute ? fact.recorded : admission
    } else {
      found(Self.isUnreadable(fields["admission_time"]) ? .admissionUnparsable : .admissionMissing)
      fact.admission = fact.recorded
    }
    if Self.isUnreadable(fields["discharge_time"]) { found(.dischargeUnparsable) }
    guard let discharge = Self.time(fields["discharge_time"]) else { return }
    if discharge < fact.admission { return found(.dischargeBeforeAdmission) }
    if discharge > fact.recorded { fact.expected = discharge } else { fact.discharge = discharge }
  }

  private mutating func readMovement(_ fields: [String: Any], _ event: SimulatedEvent, _ fact: inout Known) {
    fact.recorded = Self.time(fields["recorded_at"]) ?? event.sentAt
    if Self.isUnreadable(fields["recorded_at"]) { found(.recordedUnparsable) }
    if let occurred = Self.time(fields["occurred_at"]) {
      if occurred > fact.recorded + 15 * CivilTime.minute { found(.occurredInFuture) }
      fact.occurred = occurred > fact.recorded + 15 * CivilTime.minute ? fact.recorded : occurred
    } else {
      found(Self.isUnreadable(fields["occurred_at"]) ? .occurredUnparsable : .occurredMissing)
      fact.occurred = fact.recorded
    }
    fact.expected = Self.time(fields["expected_discharge_time"])
    fact.disposition = fields["disposition"] as? String
    fact.cancels = fields["cancels"] as? String
  }

  // MARK: Visits

  mutating func visits() -> [Visit] {
    var visits: [Visit] = []
    for (key, facts) in journeys.sorted(by: { $0.key < $1.key }) {
      let parts = key.split(separator: "|", omittingEmptySubsequences: false).map { String($0) }
      var latest: [String: Known] = [:]
      for fact in facts.sorted(by: { ($0.occurred, $0.recorded, $0.hash) < ($1.occurred, $1.recorded, $1.hash) }) {
        if latest[fact.id] != nil { found(.idReused) }
        latest[fact.id] = fact
      }
      let sorted = latest.values.sorted { ($0.occurred, $0.recorded, $0.hash) < ($1.occurred, $1.recorded, $1.hash) }
      let hospital = Int(parts[0]) ?? 0
      if facts.contains(where: { $0.type == nil }) {
        for stay in parts[2].isEmpty ? Self.stays(sorted) : [sorted] {
          visits += Self.follow(stays: stay, hospital, parts[1])
        }
      } else {
        visits += follow(movements: sorted, hospital, parts[1])
      }
    }
    return visits
  }

  /// Parts a patient's records into stays: those of one raw admission time, and those whose stays overlap.
  private static func stays(_ facts: [Known]) -> [[Known]] {
    let groups = Dictionary(grouping: facts, by: \.rawAdmission).values.map { $0.sorted { $0.recorded < $1.recorded } }
    var merged: [[Known]] = []
    for group in groups.sorted(by: { ($0.last?.admission ?? 0) < ($1.last?.admission ?? 0) }) {
      if let before = merged.last?.max(by: { $0.recorded < $1.recorded }), let own = group.last,
        before.discharge ?? .max > own.admission
      {
        merged[merged.count - 1] = (merged[merged.count - 1] + group).sorted { $0.recorded < $1.recorded }
      } else {
        merged.append(group)
      }
    }
    return merged
  }

  private static func follow(stays: [Known], _ hospital: Int, _ patient: String) -> [Visit] {
    guard let last = stays.last else { return [] }
    var visits: [Visit] = []
    var raw = ""
    for fact in stays {
      if raw == fact.rawDepartment { visits[visits.count - 1].bed = fact.bed; continue }
      raw = fact.rawDepartment
      if !visits.isEmpty { visits[visits.count - 1].discharge = fact.recorded }
      visits.append(
        Visit(
          hospital: hospital, department: fact.department, patient: patient,
          admission: visits.isEmpty ? last.admission : fact.recorded, bed: fact.bed, isLast: false))
    }
    visits[visits.count - 1].isLast = true
    visits[visits.count - 1].discharge = last.discharge
    visits[visits.count - 1].expected = last.expected
    return visits
  }

  private mutating func follow(movements: [Known], _ hospital: Int, _ patient: String) -> [Visit] {
    var dropped: Set<String> = []
    for cancel in movements {
      guard let type = cancel.type, let cancelled = MovementType(rawValue: type)?.cancelled?.rawValue else { continue }
      dropped.insert(cancel.id)
      let meant = movements.filter {
        $0.type == cancelled
          && (cancel.cancels == nil ? $0.occurred == cancel.occurred && $0.recorded <= cancel.recorded : $0.id == cancel.cancels)
      }
      if let target = meant.last(where: { !dropped.contains($0.id) }) {
        dropped.insert(target.id)
      } else {
        found(meant.isEmpty ? .unmatchedCancellation : .repeatedCancellation)
      }
    }
    var visits: [Visit] = []
    var raw = ""
    var arrival: Known?
    var expected: Int64?
    var hasEnded = false
    for fact in movements where !dropped.contains(fact.id) {
      if hasEnded { found(.movementAfterDischarge); continue }
      switch fact.type {
      case "arrive": arrival = fact
      case "expected_discharge": expected = fact.expected
      case "discharge":
        hasEnded = true
        if visits.isEmpty, let arrival { visits.append(Self.waiting(arrival, hospital, patient)) }
        if !visits.isEmpty { visits[visits.count - 1].discharge = fact.occurred }
      default:
        if !visits.isEmpty, raw == fact.rawDepartment { visits[visits.count - 1].bed = fact.bed; continue }
        if !visits.isEmpty { visits[visits.count - 1].discharge = fact.occurred }
        raw = fact.rawDepartment
        visits.append(
          Visit(
            hospital: hospital, department: fact.department, patient: patient,
            arrival: visits.isEmpty ? arrival?.occurred : nil, admission: fact.occurred, bed: fact.bed, isLast: false))
      }
    }
    if visits.isEmpty, let arrival { visits.append(Self.waiting(arrival, hospital, patient)) }
    guard !visits.isEmpty else { return [] }
    visits[visits.count - 1].isLast = true
    visits[visits.count - 1].expected = expected
    return visits
  }

  private static func waiting(_ arrival: Known, _ hospital: Int, _ patient: String) -> Visit {
    Visit(hospital: hospital, department: arrival.department, patient: patient, arrival: arrival.occurred, isLast: true)
  }

  // MARK: Reading

  private static func declared(_ isStay: Bool) -> Set<String> {
    isStay
      ? [
        "event_id", "event_time", "hospital_id", "patient_id", "encounter_id", "gender", "age", "department", "bed_id",
        "admission_time", "discharge_time", "wait_time_minutes",
      ]
      : [
        "event_id", "source", "type", "occurred_at", "recorded_at", "hospital_id", "patient_id", "encounter_id", "class",
        "location", "prior_location", "gender", "age", "birth_date", "admit_decision_at", "seen_at", "disposition",
        "expected_discharge_time", "cancels", "merges", "raw",
      ]
  }

  private static func isUnreadable(_ value: Any?) -> Bool {
    guard let value, !(value is NSNull) else { return false }
    return time(value) == nil
  }

  /// Microseconds of a time in ISO 8601; in UTC if it names no offset.
  static func time(_ value: Any?) -> Int64? {
    guard let text = value as? String else { return nil }
    // A regular expression says it shorter and takes most of the tests' time.
    var letters = Array(text.utf8)[...]
    func number(_ digits: Int, before mark: Character?) -> Int64? {
      guard letters.count >= digits else { return nil }
      var value: Int64 = 0
      for letter in letters.prefix(digits) {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(letter) else { return nil }
        value = value * 10 + Int64(letter - UInt8(ascii: "0"))
      }
      letters = letters.dropFirst(digits)
      guard let mark else { return value }
      guard letters.popFirst() == mark.asciiValue else { return nil }
      return value
    }
    guard let year = number(4, before: "-"), let month = number(2, before: "-"), let day = number(2, before: "T"),
      let hour = number(2, before: ":"), let minute = number(2, before: ":"), let second = number(2, before: nil),
      (1...12).contains(month)
    else { return nil }
    var instant = CivilTime.instant(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    if letters.first == UInt8(ascii: ".") {
      letters = letters.dropFirst()
      guard let thousandths = number(3, before: nil) else { return nil }
      instant += thousandths * 1000
    }
    guard let sign = letters.popFirst() else { return instant }
    if sign != UInt8(ascii: "Z") {
      guard let hours = number(2, before: ":"), let minutes = number(2, before: nil) else { return nil }
      instant -= (sign == UInt8(ascii: "-") ? -1 : 1) * (hours * CivilTime.hour + minutes * CivilTime.minute)
    }
    guard letters.isEmpty else { return nil }
    return instant
  }
}
