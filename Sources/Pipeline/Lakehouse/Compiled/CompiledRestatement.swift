internal import DuckDB
internal import Journeys

/// Restates the journeys of a batch with the models' twin in Swift: reads what the store holds of them, writes records,
/// movements, facts, bed stays and patients, and remembers what that changes in the aggregates.
///
/// Used by the writer's thread, inside the batch's transaction.
final class CompiledRestatement {
  private let makeReader: () throws -> SilverReader
  private var readers: [SilverReader] = []
  private let connection: Connection
  private let statements: CompiledStatements
  private let localTimes: LocalTimes
  private var dimensions: FlowDimensions?
  private var flow = HourlyFlow()
  private var quality = QualityFindings()
  private var recent = RecentJourneys()

  /// - Parameters:
  ///   - timesConnection: another one, because local times are asked for while rows are written.
  ///   - makeReader: a reader for each thread that reads.
  init(connection: Connection, timesConnection: Connection, makeReader: @escaping () throws -> SilverReader) throws {
    self.connection = connection
    self.makeReader = makeReader
    readers = [try makeReader()]
    statements = try CompiledStatements(connection)
    localTimes = try LocalTimes(timesConnection)
  }

  /// Hospitals or departments have changed: they are read anew before they are used.
  func forgetDimensions() { dimensions = nil }

  /// Somebody else writes journeys or patients, or what was written is rolled back.
  func forgetJourneys() { recent.removeAll() }

  /// Gives journeys what is known of them without asking the store.
  func recall(_ journeys: inout [RestatedJourney]) {
    for index in journeys.indices { journeys[index].before = recent.journey(journeys[index].key) }
  }

  /// Remembers the rows of journeys, as they are written.
  func remember(_ journeys: [RestatedJourney]) { for journey in journeys { recent.keep(journey) } }

  /// Lets DuckDB plan anew, because tables have grown.
  func replan() { statements.replan() }

  /// The readers of as many partitions.
  func readers(_ count: Int) throws -> [SilverReader] {
    while readers.count < count { readers.append(try makeReader()) }
    return readers
  }

  /// Begins a batch: nothing has moved yet.
  func begin() {
    flow = HourlyFlow()
    quality = QualityFindings()
  }

  func currentDimensions() throws -> FlowDimensions {
    if let dimensions { return dimensions }
    let read = try DimensionReader.read(connection)
    localTimes.setZones(read.zones)
    dimensions = read.dimensions
    return read.dimensions
  }

  // MARK: - Silver

  /// Writes what the batch brings apart from the journeys' records, and counts what the rules found in single records.
  func write(_ batch: SilverBatch) throws {
    try GoldWriter.write(batch.quarantined, connection)
    try GoldWriter.write(batch.drift, connection)
    for row in batch.quarantined { quality.add(rule: row.rule, hospitalID: row.hospitalID, enqueuedAt: row.enqueuedAt) }
    for row in batch.stays where row.flags != nil {
      quality.add(flags: row.flags, hospitalID: row.hospitalID, enqueuedAt: row.enqueuedAt, level: .record, times: 1)
    }
    for row in batch.movements where row.flags != nil {
      quality.add(flags: row.flags, hospitalID: row.hospitalID, enqueuedAt: row.enqueuedAt, level: .record, times: 1)
    }
  }

  /// Puts the batch's records where statements that extend `gold.dim_time` look for them.
  func stage(_ batch: SilverBatch) throws {
    for table in ["n_stay_record", "n_movement_record"] { try connection.execute("truncate \(table)") }
    try write(batch, JourneyWriter(connection, schema: nil, prefix: "n_"))
  }

  /// Puts the batch's records where they lie until their journeys are restated.
  func putAside(_ batch: SilverBatch) throws { try write(batch, JourneyWriter(connection, schema: "pending")) }

  private func write(_ batch: SilverBatch, _ writer: JourneyWriter) throws {
    try writer.write(batch.stays)
    try writer.write(batch.movements)
    try writer.finish()
  }

  /// Gives the journeys their older records and their movements, and takes away the movements that these replace.
  ///
  /// The new ones are written by ``write(_:_:)``, after everything that reads the old ones. Asks the store only if it knows one of the journeys.
  func restateMovements(_ journeys: inout [RestatedJourney], threads: Int) throws -> RestatedPatients {
    var patients = RestatedPatients()
    for index in journeys.indices where !journeys[index].isNew {
      guard let before = journeys[index].before else { continue }
      journeys[index].stayRecords += before.stayRecords
      journeys[index].movementRecords += before.movementRecords
      for row in before.movements {
        patients.insert(row.patientKeyHash, formerlyIn: row.journeyKey)
        patients.name(row.patientKeyHash, row.patientID)
        quality.add(row, times: -1)
      }
    }
    for (part, unread) in Self.unread(journeys) {
      try fill("touched_journey", unread)
      if part == .cold { try statements.findCold(StoreLayout.journeyTables) }
      try readRecords(part, into: &journeys)
      try takeMovements(part, &patients)
    }
    let known = journeys.filter { !$0.isNew }.map(\.key)
    if !known.isEmpty {
      try fill("touched_journey", known)
      try statements.delete("hot.movement").execute()
    }
    try Parallel.update(&journeys, threads: threads) { journey in
      journey.movements = Journey.movements(stays: journey.stayRecords, movements: journey.movementRecords)
    }
    for journey in journeys {
      for row in journey.movements {
        patients.observe(row)
        quality.add(row)
      }
    }
    return patients
  }

  /// The journeys whose rows have to be read, by where these lie.
  private static func unread(_ journeys: [RestatedJourney]) -> [(StorePart, [Int64])] {
    [StorePart.hot, .cold].compactMap { part in
      let keys = journeys.lazy.filter { !$0.isNew && $0.before == nil && $0.isCold == (part == .cold) }.map(\.key)
      return keys.isEmpty ? nil : (part, Array(keys))
    }
  }

  /// Takes the cold rows of the batch's journeys away; they are written to the hot tables anew.
  func takeFromCold() throws { for table in StoreLayout.journeyTables { try statements.deleteCold(table).execute() } }

  /// Takes back what the stored movements of the journeys in `touched_journey` count for.
  private func takeMovements(_ part: StorePart, _ patients: inout RestatedPatients) throws {
    try statements.oldMovements(part).forEachChunk { chunk in
      for row in 0..<chunk.count {
        patients.insert(chunk.int64(0, row), formerlyIn: chunk.int64(6, row))
        let (hospital, enqueuedAt) = (chunk.int32(1, row), chunk.int64(2, row))
        quality.add(
          flags: chunk.optionalText(3, row), hospitalID: hospital, enqueuedAt: enqueuedAt, level: chunk.isNull(4, row) ? .set : .visit, times: -1)
        quality.add(duplicates: chunk.int32(5, row), hospitalID: hospital, enqueuedAt: enqueuedAt, times: -1)
      }
    }
  }

  /// Adds the records that the store holds of the journeys in `touched_journey`.
  private func readRecords(_ part: StorePart, into journeys: inout [RestatedJourney]) throws {
    var records = SilverRecords()
    try statements.stays(part).forEachChunk { records.appendStays($0) }
    try statements.movements(part).forEachChunk { try records.appendMovements($0) }
    for index in journeys.indices where !journeys[index].isNew {
      let key = journeys[index].key
      if let stays = records.stays[key] { journeys[index].stayRecords += stays }
      if let movements = records.movements[key] { journeys[index].movementRecords += movements }
    }
  }

  // MARK: - Patients

  /// Puts the validities of the touched patients in place.
  /// - Parameters:
  ///   - known: those of the patients that the store knows already.
  ///   - isCold: whether a patient has cold movements, which are then read too.
  ///   - touched: the batch's journeys.
  ///   - remembers: whether the next batch is told what is known of the patients now.
  /// - Returns: the validities to write, and the patients whose validities have other bounds than before.
  func restatePatients(
    _ patients: inout RestatedPatients, known: [Int64], isCold: (Int64) -> Bool, touched: Set<Int64>, remembers: Bool
  ) throws -> (fresh: [PatientVersion], moved: Set<Int64>) {
    var old = PatientVersions()
    var unread: [Int64] = []
    for patient in known {
      if let kept = recent.patient(patient), patients.recall(kept, patient, touched: touched) {
        old.set(patient, kept.versions)
      } else {
        unread.append(patient)
      }
    }
    if !unread.isEmpty {
      try fill("touched_patient", unread)
      for (patient, rows) in try readVersions(patientID: { patients.patientID($0) }).byPatient { old.set(patient, rows) }
      unread.removeAll { patients.confirm($0, old.rows($0)) }
    }
    if !unread.isEmpty {
      let cold = unread.filter(isCold)
      if !cold.isEmpty {
        try fill("touched_patient", cold)
        try statements.coldObservations.forEachChunk { patients.observe($0, except: touched) }
      }
      let nameless = patients.nameless
      if !nameless.isEmpty {
        try fill("touched_patient", nameless)
        try statements.patientIDs.forEachChunk { chunk in for row in 0..<chunk.count { patients.name(chunk.int64(0, row), chunk.text(1, row)) } }
      }
      try fill("touched_patient", unread)
      try statements.hotObservations.forEachChunk { patients.observe($0, except: touched) }
    }
    var fresh: [PatientVersion] = []
    var replaced: Set<Int64> = []
    var moved: Set<Int64> = []
    for patient in patients.keys {
      let rows = patients.history(patient)
      patients.versions.set(patient, rows)
      if remembers { recent.keep(patients.remembered(patient), patient) }
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
    return (fresh, moved)
  }

  /// The stored validities of the patients in `touched_patient`.
  private func readVersions(patientID: (Int64) -> String) throws -> PatientVersions {
    var versions = PatientVersions()
    try statements.versions.forEachChunk { chunk in
      for row in 0..<chunk.count {
        let patient = chunk.int64(0, row)
        versions.add(
          PatientVersion(
            patientID: patientID(patient), patientKeyHash: patient, gender: chunk.text(1, row), birthYear: chunk.optionalInt32(2, row),
            ageBand: chunk.text(3, row), effectiveFrom: chunk.int64(4, row), effectiveTo: chunk.int64(5, row)))
      }
    }
    return versions
  }

  /// The other journeys of patients whose validities moved: their facts hold keys that are no more.
  func journeys(ofMoved patients: Set<Int64>, hasHistory: Bool) throws -> [Int64] {
    try fill("changed_patient", patients)
    var keys: [Int64] = []
    try (hasHistory ? statements.allJourneysOfPatients : statements.hotJourneysOfPatients).forEachInt64 { keys.append($0) }
    return keys
  }

  // MARK: - Facts

  /// Gives the journeys their facts and bed stays, and takes away those that these replace.
  /// - Parameter others: journeys that are touched because of their patient alone; they stand in hot already.
  func restateFacts(_ journeys: inout [RestatedJourney], others: [Int64], patients: RestatedPatients, threads: Int) throws {
    var versions = patients.versions
    let known = journeys.filter { !$0.isNew }.map(\.key)
    for visit in journeys.lazy.compactMap(\.before).flatMap(\.visits) {
      flow.add(visit, times: -1)
      quality.add(visit, times: -1)
    }
    if !others.isEmpty { try add(others, to: &journeys, &versions) }
    for (part, unread) in Self.unread(journeys) {
      try fill("touched_journey", unread)
      try takeFacts(part)
    }
    if !known.isEmpty || !others.isEmpty {
      try fill("touched_journey", known + others)
      try statements.delete("hot.fact_patient_flow").execute()
      try statements.delete("hot.bed_stay").execute()
    }
    let dimensions = try currentDimensions()
    let visitReading = VisitReading(dimensions: dimensions, local: localTimes.local)
    let bedStayReading = BedStayReading(dimensions: dimensions)
    let keys = versions
    try Parallel.update(&journeys, threads: threads) { journey in
      journey.visits = try visitReading.visits(journey.movements) { keys.key(of: $0, at: $1) }
      journey.bedStays = bedStayReading.bedStays(journey.movements)
    }
    for visit in journeys.lazy.flatMap(\.visits) {
      flow.add(visit)
      quality.add(visit)
    }
  }

  /// Reads the records of other journeys: their movements are as they were and are made again only to make facts of them.
  private func add(_ others: [Int64], to journeys: inout [RestatedJourney], _ versions: inout PatientVersions) throws {
    try fill("touched_journey", others)
    var more = others.map { key in
      var journey = RestatedJourney(key: key)
      journey.isNew = false
      journey.isOther = true
      return journey
    }
    try readRecords(.hot, into: &more)
    var unknown: [Int64: String] = [:]
    for index in more.indices {
      more[index].movements = Journey.movements(stays: more[index].stayRecords, movements: more[index].movementRecords)
      for row in more[index].movements where !versions.knows(row.patientKeyHash) { unknown[row.patientKeyHash] = row.patientID }
    }
    if !unknown.isEmpty {
      try fill("touched_patient", unknown.keys)
      for (patient, rows) in try readVersions(patientID: { unknown[$0] ?? "" }).byPatient { versions.set(patient, rows) }
    }
    journeys += more
  }

  /// Takes back what the stored facts of the journeys in `touched_journey` count for.
  private func takeFacts(_ part: StorePart) throws {
    try statements.oldFacts(part).forEachChunk { chunk in
      for row in 0..<chunk.count {
        let hospital = chunk.int32(0, row)
        flow.add(
          hospitalID: hospital, department: chunk.text(1, row), admissionTime: chunk.optionalInt64(2, row),
          dischargeTime: chunk.optionalInt64(3, row), isFirstVisit: chunk.bool(4, row), isLastVisit: chunk.bool(5, row), times: -1)
        quality.add(flags: chunk.optionalText(6, row), hospitalID: hospital, enqueuedAt: chunk.optionalInt64(7, row), level: .fact, times: -1)
      }
    }
  }

  // MARK: - Writing

  /// Writes the journeys' rows and their patients' validities. Touches nothing of this object but the connection.
  func write(_ journeys: [RestatedJourney], _ patients: [PatientVersion]) throws {
    try GoldWriter.write(patients, into: "gold.dim_patient", connection)
    let hot = JourneyWriter(connection, schema: "hot")
    let cold = JourneyWriter(connection, schema: "cold")
    for journey in journeys {
      let to = journey.goesCold ? cold : hot
      if !journey.isOther {
        try to.write(journey.isCold ? journey.stayRecords[...] : journey.stayRecords.prefix(journey.freshStays))
        try to.write(journey.isCold ? journey.movementRecords[...] : journey.movementRecords.prefix(journey.freshMovements))
        try to.write(journey.movements)
      }
      try to.write(journey.visits)
      try to.write(journey.bedStays)
    }
    try hot.finish()
    try cold.finish()
  }

  /// Writes what the batch changes in the hourly sums.
  func writeAggregates() throws {
    try GoldWriter.write(flow, connection)
    try GoldWriter.write(quality, connection)
  }

  private func fill(_ table: String, _ keys: some Collection<Int64>) throws(DuckDBError) {
    try statements.empty(table).execute()
    if keys.isEmpty { return }
    let appender = try connection.appender(schema: nil, table: table, types: [.bigint])
    for key in keys {
      appender.setBigint(0, key)
      try appender.endRow()
    }
    try appender.finish()
  }
}
