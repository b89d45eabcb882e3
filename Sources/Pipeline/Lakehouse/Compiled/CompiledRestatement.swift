internal import DuckDB
internal import Journeys

/// Restates the journeys of `touched_journey` with the models' twin in Swift: reads silver records, writes movements,
/// facts, bed stays and patients, and remembers what that changes in the aggregates.
///
/// Used by the writer's thread, inside the batch's transaction. Cold rows of the touched journeys have been moved to hot.
final class CompiledRestatement {
  private let connection: Connection
  private let statements: CompiledStatements
  private let localTimes: LocalTimes
  private var dimensions: FlowDimensions?
  private var flow = HourlyFlow()
  private var quality = QualityFindings()

  init(connection: Connection) throws(DuckDBError) {
    self.connection = connection
    statements = try CompiledStatements(connection)
    localTimes = try LocalTimes(connection)
  }

  /// Hospitals or departments have changed: they are read anew before they are used.
  func forgetDimensions() { dimensions = nil }

  /// Lets DuckDB plan anew, because tables have grown.
  func replan() { statements.replan() }

  /// Begins a batch: nothing has moved yet.
  func begin() {
    flow = HourlyFlow()
    quality = QualityFindings()
  }

  // MARK: - Movements

  /// What the first step leaves for the others.
  struct Movements {
    var byJourney: [Int64: [JourneyMovement]] = [:]
    /// The patients of rows that were there and of rows that are there now.
    var patients: Set<Int64> = []
    var hadRows = false
  }

  /// Puts the movements of the touched journeys in place.
  func restateMovements() throws -> Movements {
    var result = Movements()
    result.byJourney = try readMovements()
    try statements.takeMovements.forEachChunk { chunk in
      result.hadRows = true
      for row in 0..<chunk.count {
        result.patients.insert(chunk.int64(0, row))
        let (hospital, enqueuedAt) = (chunk.int32(1, row), chunk.int64(2, row))
        quality.add(
          flags: chunk.optionalText(3, row), hospitalID: hospital, enqueuedAt: enqueuedAt, level: chunk.isNull(4, row) ? .set : .visit, times: -1)
        quality.add(duplicates: chunk.int32(5, row), hospitalID: hospital, enqueuedAt: enqueuedAt, times: -1)
      }
    }
    let rows = result.byJourney.values.flatMap { $0 }
    for row in rows {
      result.patients.insert(row.patientKeyHash)
      quality.add(row)
    }
    try GoldWriter.write(rows, connection)
    return result
  }

  /// The movements of the journeys in `touched_journey` as silver's records give them.
  private func readMovements() throws -> [Int64: [JourneyMovement]] {
    var records = SilverRecords()
    try statements.stays.forEachChunk { records.appendStays($0) }
    try statements.movements.forEachChunk { try records.appendMovements($0) }
    var movements: [Int64: [JourneyMovement]] = [:]
    for (journey, stays) in records.stays {
      movements[journey] = Journey.movements(stays: stays, movements: records.movements.removeValue(forKey: journey) ?? [])
    }
    for (journey, rows) in records.movements { movements[journey] = Journey.movements(stays: [], movements: rows) }
    return movements
  }

  // MARK: - Patients

  /// Puts the validities of the touched patients in place.
  /// - Parameter hasHistory: whether one of the patients has cold movements, which are then read too.
  /// - Returns: the validities, and the patients whose validities have other bounds than before.
  func restatePatients(_ movements: Movements, hasHistory: Bool) throws -> (versions: PatientVersions, moved: Set<Int64>) {
    try fill("touched_patient", movements.patients)
    var observations: [Int64: (patientID: String, told: [PatientHistory.Observation])] = [:]
    func observe(_ patient: Int64, _ patientID: String, _ observation: PatientHistory.Observation) {
      observations[patient, default: (patientID, [])].told.append(observation)
    }
    for row in movements.byJourney.values.lazy.flatMap({ $0 }) {
      if let observation = PatientHistory.Observation(row) { observe(row.patientKeyHash, row.patientID, observation) }
    }
    try (hasHistory ? statements.allObservations : statements.hotObservations).forEachChunk { chunk in
      for row in 0..<chunk.count {
        observe(
          chunk.int64(0, row), chunk.text(1, row),
          .init(
            occurredAt: chunk.int64(2, row), recordedAt: chunk.int64(3, row), contentHash: chunk.int64(4, row), gender: chunk.optionalText(5, row),
            age: chunk.optionalInt32(6, row), birthYear: chunk.optionalInt32(7, row)))
      }
    }
    let old = try readVersions()
    var versions = PatientVersions()
    var fresh: [PatientVersion] = []
    var replaced: Set<Int64> = []
    var moved: Set<Int64> = []
    for patient in movements.patients {
      let seen = observations[patient]
      let rows = seen.map { PatientHistory.versions($0.told, patientID: $0.patientID, patientKeyHash: patient) } ?? []
      versions.set(patient, rows)
      let before = old.rows(patient)
      if before == rows { continue }
      fresh += rows
      if before.isEmpty { continue }
      replaced.insert(patient)
      if before.map(\.effectiveFrom) != rows.map(\.effectiveFrom) { moved.insert(patient) }
    }
    if !replaced.isEmpty {
      try fill("changed_patient", replaced)
      try statements.deletePatients.execute()
    }
    try GoldWriter.write(fresh, into: "gold.dim_patient", connection)
    return (versions, moved)
  }

  /// The stored validities of the patients in `touched_patient`.
  private func readVersions() throws -> PatientVersions {
    var versions = PatientVersions()
    try statements.versions.forEachChunk { chunk in
      for row in 0..<chunk.count {
        versions.add(
          PatientVersion(
            patientID: chunk.text(0, row), patientKeyHash: chunk.int64(1, row), gender: chunk.text(2, row), birthYear: chunk.optionalInt32(3, row),
            ageBand: chunk.text(4, row), effectiveFrom: chunk.int64(5, row), effectiveTo: chunk.int64(6, row)))
      }
    }
    return versions
  }

  /// The other journeys of patients whose validities moved: their facts hold keys that are no more.
  func journeys(ofMoved patients: Set<Int64>) throws -> [Int64] {
    try fill("changed_patient", patients)
    var keys: [Int64] = []
    try statements.journeysOfPatients.forEachInt64 { keys.append($0) }
    return keys
  }

  // MARK: - Facts

  /// Puts facts and bed stays of the touched journeys in place.
  /// - Parameter others: journeys that are touched because of their patient alone; they stand in hot already.
  func restateFacts(_ movements: Movements, others: [Int64], versions: PatientVersions) throws {
    var versions = versions
    var byJourney = movements.byJourney
    if !others.isEmpty {
      // Their movements are as they were and are read again only to make facts of them.
      try statements.emptyTouched.execute()
      try fill("touched_journey", others)
      let more = try readMovements()
      byJourney.merge(more) { $1 }
      let unknown = Set(more.values.lazy.flatMap { $0 }.map(\.patientKeyHash)).filter { !versions.knows($0) }
      if !unknown.isEmpty {
        try fill("touched_patient", unknown)
        for (patient, rows) in try readVersions().byPatient { versions.set(patient, rows) }
      }
      try fill("touched_journey", Array(movements.byJourney.keys))
    }
    let dimensions = try currentDimensions()
    let visitReading = VisitReading(dimensions: dimensions, local: localTimes.local)
    let bedStayReading = BedStayReading(dimensions: dimensions)
    var visits: [Visit] = []
    var bedStays: [BedStay] = []
    for rows in byJourney.values {
      visits += try visitReading.visits(rows) { versions.key(of: $0, at: $1) }
      bedStays += bedStayReading.bedStays(rows)
    }
    if movements.hadRows || !others.isEmpty { try takeFacts() }
    for visit in visits {
      flow.add(visit)
      quality.add(visit)
    }
    try GoldWriter.write(visits, connection)
    try GoldWriter.write(bedStays, connection)
  }

  private func takeFacts() throws {
    try statements.takeFacts.forEachChunk { chunk in
      for row in 0..<chunk.count {
        let hospital = chunk.int32(0, row)
        flow.add(
          hospitalID: hospital, department: chunk.text(1, row), admissionTime: chunk.optionalInt64(2, row),
          dischargeTime: chunk.optionalInt64(3, row), isFirstVisit: chunk.bool(4, row), isLastVisit: chunk.bool(5, row), times: -1)
        quality.add(flags: chunk.optionalText(6, row), hospitalID: hospital, enqueuedAt: chunk.optionalInt64(7, row), level: .fact, times: -1)
      }
    }
    try statements.deleteBedStays.execute()
  }

  private func currentDimensions() throws -> FlowDimensions {
    if let dimensions { return dimensions }
    let read = try DimensionReader.read(connection)
    localTimes.setZones(read.zones)
    dimensions = read.dimensions
    return read.dimensions
  }

  // MARK: - Aggregates

  /// Writes what the batch changes in the hourly sums.
  func restateAggregates() throws {
    try statements.recordFlags.forEachChunk { chunk in
      for row in 0..<chunk.count {
        quality.add(flags: chunk.optionalText(2, row), hospitalID: chunk.int32(0, row), enqueuedAt: chunk.int64(1, row), level: .record, times: 1)
      }
    }
    try statements.quarantined.forEachChunk { chunk in
      for row in 0..<chunk.count {
        quality.add(rule: chunk.text(0, row), hospitalID: chunk.optionalInt32(1, row), enqueuedAt: chunk.int64(2, row))
      }
    }
    try GoldWriter.write(flow, connection)
    try GoldWriter.write(quality, connection)
  }

  private func fill(_ table: String, _ keys: some Collection<Int64>) throws(DuckDBError) {
    if table != "touched_journey" { try connection.execute("truncate \(table)") }
    let appender = try connection.appender(schema: nil, table: table, types: [.bigint])
    for key in keys {
      appender.setBigint(0, key)
      try appender.endRow()
    }
    try appender.finish()
  }
}
