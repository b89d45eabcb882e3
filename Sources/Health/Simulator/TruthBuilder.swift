import Hospital

/// Adds up the ledgers of all hospitals.
struct TruthBuilder {
  private struct Place: Hashable {
    var hospital: Int
    var department: String
  }
  private struct PlaceHour: Hashable {
    var place: Place
    var hour: Int64
  }
  private struct BedStay {
    var from: Int64
    var to: Int64
  }

  private var departments: [Place: SimulationTruth.DepartmentTotal] = [:]
  private var hours: [PlaceHour: SimulationTruth.HourTotal] = [:]
  private var visits: [SimulationTruth.Visit] = []
  private var encounters = 0
  private var patients = 0
  private var correctedStays = 0
  private var conflicting = 0
  private var rules: [SimulationTruth.RuleCount] = []
  private var drift: [SimulationTruth.Drift: Int] = [:]
  private var shapes: [String: Int] = [:]

  mutating func add(_ ledger: TruthLedger, _ encoder: EventEncoder) {
    var beds: [String: [BedStay]] = [:]
    var seen: Set<Int64> = []
    for (serial, facts) in ledger.encounters.sorted(by: { $0.key < $1.key }) {
      let encounter = TruthEncounter(facts)
      guard !encounter.visits.isEmpty, let number = ledger.patients[serial] else { continue }
      encounters += 1
      seen.insert(number)
      if encounter.identities > 1 { correctedStays += 1 }
      add(encounter, serial: serial, patient: number, encoder, &beds)
    }
    patients += seen.count
    conflicting += beds.values.reduce(0) { $0 + Self.conflicts($1) }
    for (rule, counts) in ledger.records {
      for (hospital, records) in counts { rules.append(.init(rule: rule, hospital: hospital, records: records)) }
    }
    for (key, records) in ledger.drift { drift[key, default: 0] += records }
    for (shape, records) in ledger.shapes { shapes[shape.rawValue, default: 0] += records }
  }

  /// Departments' metadata that were sent at the start.
  mutating func announced(_ records: Int) {
    if records > 0 { shapes[EventShape.department.rawValue, default: 0] += records }
  }

  private mutating func add(
    _ encounter: TruthEncounter, serial: Int64, patient: Int64, _ encoder: EventEncoder, _ beds: inout [String: [BedStay]]
  ) {
    let hospital = encoder.description.id
    for (index, lived) in encounter.visits.enumerated() {
      let department = lived.alias > 0 ? "unmapped" : encoder.description.departments[lived.department].name
      let isFirst = index == 0
      let isLast = index == encounter.visits.count - 1
      let bed = encoder.bedText(department: lived.department, bed: lived.bed)
      visits.append(
        .init(
          hospital: hospital, department: department, patient: EventEncoder.patientText(patient),
          encounter: encoder.style.sendsEncounter ? encoder.encounterText(serial) : nil,
          rawAdmission: encounter.rawAdmission, arrival: isFirst ? encounter.arrivedAt : nil, admission: lived.admittedAt,
          discharge: lived.endedAt, expectedDischarge: isLast ? encounter.expectedAt : nil, bed: bed,
          disposition: isLast ? encounter.disposition : nil, isFirst: isFirst, isLast: isLast))
      let place = Place(hospital: hospital, department: department)
      var total = departments[place] ?? .init(hospital: hospital, department: department)
      if let admittedAt = lived.admittedAt {
        total.visits += 1
        at(place, admittedAt) { if isFirst { $0.admissions += 1 } else { $0.transfersIn += 1 } }
        if let endedAt = lived.endedAt {
          total.completed += 1
          total.lengthOfStaySeconds += (endedAt - admittedAt) / CivilTime.second
          at(place, endedAt) { if isLast { $0.discharges += 1 } else { $0.transfersOut += 1 } }
        } else {
          total.census += 1
        }
        if let bed { beds[bed, default: []].append(BedStay(from: admittedAt, to: lived.endedAt ?? .max)) }
      } else if lived.endedAt == nil {
        total.waiting += 1
      }
      departments[place] = total
    }
  }

  private mutating func at(_ place: Place, _ time: Int64, _ change: (inout SimulationTruth.HourTotal) -> Void) {
    let hour = CivilTime.floorDivide(time, CivilTime.hour) * CivilTime.hour
    let key = PlaceHour(place: place, hour: hour)
    var total = hours[key] ?? .init(hospital: place.hospital, department: place.department, hour: hour)
    change(&total)
    hours[key] = total
  }

  private static func conflicts(_ stays: [BedStay]) -> Int {
    let sorted = stays.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
    var isConflicting = [Bool](repeating: false, count: sorted.count)
    // The stay that lasts longest of those before.
    var longest = 0
    for index in sorted.indices.dropFirst() {
      if sorted[index].from < sorted[longest].to {
        isConflicting[index] = true
        isConflicting[longest] = true
      }
      if sorted[index].to > sorted[longest].to { longest = index }
    }
    return isConflicting.count { $0 }
  }

  func truth(_ configuration: SimulationConfiguration, end: Int64, dirt: [SimulationTruth.DirtCount]) -> SimulationTruth {
    let longest = 90 * CivilTime.day
    return SimulationTruth(
      seed: configuration.seed, start: configuration.start, end: end, records: shapes,
      rules: Self.merged(rules).sorted { ($0.rule.rawValue, $0.hospital) < ($1.rule.rawValue, $1.hospital) },
      drift: drift.map { .init(shape: $0.key.shape, field: $0.key.field, records: $0.value) }
        .sorted { ($0.shape.rawValue, $0.field) < ($1.shape.rawValue, $1.field) },
      dirt: dirt, correctedStays: correctedStays, conflictingBedStays: conflicting,
      longVisits: visits.count { visit in
        guard let admission = visit.admission, let discharge = visit.discharge else { return false }
        return discharge - admission > longest
      },
      patients: patients, encounters: encounters,
      visits: visits,
      departments: departments.values.sorted { ($0.hospital, $0.department) < ($1.hospital, $1.department) },
      hours: hours.values.sorted { ($0.hospital, $0.department, $0.hour) < ($1.hospital, $1.department, $1.hour) })
  }

  /// Several hospitals have records that name none.
  private static func merged(_ counts: [SimulationTruth.RuleCount]) -> [SimulationTruth.RuleCount] {
    var sums: [SimulationTruth.RuleCount: Int] = [:]
    for count in counts { sums[.init(rule: count.rule, hospital: count.hospital, records: 0), default: 0] += count.records }
    return sums.map { .init(rule: $0.key.rule, hospital: $0.key.hospital, records: $0.value) }
  }
}
