public import Hospital

extension HospitalSimulation {
  /// What a perfect pipeline finds after all records sent so far; nil unless the configuration asks for it. It is exact after
  /// ``drain()``; before, encounters of which a later record overtook an earlier one may look different to a pipeline.
  public func truth() -> SimulationTruth? {
    guard configuration.collectsTruth else { return nil }
    var builder = TruthBuilder()
    for (ledger, hospital) in zip(ledgers, hospitals) { builder.add(ledger, hospital.encoder) }
    builder.announced(announced)
    let dirt = DirtKind.allCases.enumerated().map { index, kind in
      SimulationTruth.DirtCount(
        kind: kind, eligible: hospitals.reduce(0) { $0 + $1.feed.eligible[index] },
        injected: hospitals.reduce(0) { $0 + $1.feed.injected[index] })
    }
    return builder.truth(configuration, end: now, dirt: dirt)
  }

  /// Patients that really lie in a department's beds at ``now``, by position in the network. The feeds may not have told yet.
  public func census(hospital: Int, department: Int) -> Int {
    hospitals[hospital].world.wards[department].taken
  }

  /// New encounters an hour that a department expects at an hour of the local week, in a normal time; 0 is Monday at midnight.
  public func expectedArrivals(hospital: Int, department: Int, hourOfWeek: Int) -> Double {
    let world = hospitals[hospital].world
    return world.plan.dailyArrivals[department] / 24 * world.profiles[department].pattern.weights[hourOfWeek]
  }

  /// Each department's metadata, valid from the instant given; the first that the pipeline hears of a department is open to the past.
  public static func departmentEvents(for network: HospitalNetwork, at instant: Int64) -> [SimulatedEvent] {
    var json = JSONBuffer()
    var events: [SimulatedEvent] = []
    for hospital in network.hospitals {
      for department in hospital.departments {
        json.removeAll()
        let change = DepartmentChange(
          eventID: "d\(hospital.id)-\(department.name)-\(instant)", occurredAt: instant, recordedAt: instant,
          hospital: hospital, department: department)
        change.encode(into: &json)
        events.append(
          SimulatedEvent(
            sentAt: instant, hospitalID: hospital.id, key: Array("\(hospital.id)|\(department.name)".utf8), body: json.bytes))
      }
    }
    return events
  }
}
