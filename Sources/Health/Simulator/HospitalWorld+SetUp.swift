import Hospital

extension HospitalWorld {
  // MARK: Before the start

  /// Fills the beds as on any day; the warm-up wears off what is not quite right about it.
  mutating func populate(_ configuration: SimulationConfiguration) {
    var random = SeededGenerator(seed: configuration.seed, stream: UInt64(description.id), Purpose.prefill.rawValue)
    for department in profiles.indices {
      let beds = Int((occupancy[department] * Double(wards[department].open)).rounded())
      for _ in 0..<beds {
        let slot = enter(newPatient(department), department)
        // Who is met in a bed is met in the middle of a stay.
        encounters[slot].legs[0].hours = max(encounters[slot].legs[0].hours * random.unit(), profiles[department].leastHours)
        encounters[slot].arrivedAt -= random.between(10, 90) * CivilTime.minute
        if place(slot, in: department) == nil { encounters[slot].phase = .over }
      }
    }
    keepLong(configuration, &random)
  }

  private mutating func keepLong(_ configuration: SimulationConfiguration, _ random: inout SeededGenerator) {
    let candidates = encounters.indices.filter {
      let encounter = encounters[$0]
      return encounter.phase == .inBed && encounter.legs.count == 1 && profiles[encounter.legs[0].department].kind == .ward
    }
    for slot in candidates.prefix(configuration.longStayers) {
      let before = random.between(95, 160) * CivilTime.day
      encounters[slot].arrivedAt -= before
      encounters[slot].legs[0].startedAt -= before
      encounters[slot].reviews = 9
      let hours = Double(Self.warmUp / CivilTime.hour) + 24 + 72 * random.unit()
      setLeave(slot, hours: hours)
      encounters[slot].expectedAt = encounters[slot].leaveAt
    }
  }

  // MARK: What is known to come

  mutating func scheduleClosures(_ start: Int64) {
    for (department, described) in description.departments.enumerated() {
      let more = scenario.closedBeds(
        hospital: position, department: department, description: described, profile: profiles[department])
      guard more > 0 else { continue }
      let closed = described.closedBeds + min(more, described.staffedBeds - 1)
      schedule(.close, department, UInt32(closed), at: scenarioBegin)
      schedule(.close, department, UInt32(described.closedBeds), at: scenarioBegin + SimulationScenario.closureLength)
    }
  }
}
