internal import DuckDB
internal import Hospital
internal import Journeys

/// What live figures read of the store, on a connection of their own: never while the writer works on the same rows.
final class LiveStore {
  private let connection: Connection
  private let statements: CompiledStatements
  let localTimes: LocalTimes
  private let midnight: PreparedStatement
  private var midnights: [Midnight: Int64] = [:]
  private var lookups = 0

  private struct Midnight: Hashable {
    var timeZone: String
    /// The local day, days since 1970.
    var day: Int64
  }

  /// The store's state at one commit.
  struct State {
    var board = LiveBoard()
    var dimensions = FlowDimensions()
    var journeys: [Int64: LiveJourney] = [:]
    var offsets: [Int64] = []
    var now: Int64 = 0
    var isSimulated = false
    var batch: Int64 = 0
  }

  init(_ connection: Connection) throws {
    self.connection = connection
    try connection.execute(
      """
      set disabled_optimizers = 'statistics_propagation,compressed_materialization';
      set dynamic_or_filter_threshold = 2000
      """)
    try StagingTables.makeKeys(connection)
    statements = try CompiledStatements(connection)
    localTimes = try LocalTimes(connection)
    midnight = try connection.prepare("select epoch_us(timezone('UTC', timezone(cast($2 as varchar), cast($1 as timestamp))))")
  }

  /// Reads the journeys that count for something since `keptPeriod` before now.
  /// - Returns: `nil` while the store holds records or journeys that have to be restated.
  func load(partitions: Int, keptPeriod: Int64) throws -> State? {
    try connection.transaction {
      var state = State()
      state.offsets = Array(repeating: 0, count: partitions)
      for row in try connection.query("select hub_partition, next_offset, restated_offset from ops.hub_offset").rows {
        guard let partition = row[0].int64, partition < partitions else { continue }
        guard row[1].int64 == row[2].int64 else { return nil }
        state.offsets[Int(partition)] = row[1].int64 ?? 0
      }
      guard try connection.query("select count(*) from ops.touched_journey").scalar.int64 == 0 else { return nil }
      let clock = try connection.query("select now, is_simulated, batch from gold.clock").rows.first ?? []
      guard clock.count == 3 else { return nil }
      state.now = clock[0].int64 ?? 0
      state.isSimulated = clock[1].bool ?? false
      state.batch = clock[2].int64 ?? 0
      let (dimensions, zones) = try DimensionReader.read(connection)
      state.dimensions = dimensions
      localTimes.setZones(zones)
      state.board = try board()
      try emptyTouched()
      try connection.prepare(
        """
        insert into touched_journey
        select distinct journey_key from hot.fact_patient_flow where discharge_time is null or discharge_time >= $1
        """
      ).execute([.timestamp(state.now - keptPeriod)])
      state.journeys = try records(.hot)
      return state
    }
  }

  private func board() throws -> LiveBoard {
    var board = LiveBoard()
    for row in try connection.query("select hospital_id, hospital_name, time_zone from gold.dim_hospital order by hospital_id nulls last").rows {
      board.hospitals.append(.init(hospitalID: Int32(row[0].int64 ?? 0), name: row[1].string ?? "", timeZone: row[2].string ?? "UTC"))
    }
    let departments = try connection.query(
      """
      select hospital_id, department, specialty, is_mapped, coalesce(staffed_beds, 0), coalesce(closed_beds, 0), effective_from, effective_to
      from gold.dim_department
      order by hospital_id nulls last, department nulls last, effective_from
      """)
    for row in departments.rows {
      board.add(
        .init(
          specialty: row[2].string, isMapped: row[3].bool ?? false, staffedBeds: Int(row[4].int64 ?? 0), closedBeds: Int(row[5].int64 ?? 0),
          effectiveFrom: row[6].int64 ?? 0, effectiveTo: row[7].int64),
        hospitalID: Int32(row[0].int64 ?? 0), department: row[1].string ?? "")
    }
    return board
  }

  /// The records that the store holds of journeys, wherever they lie: all of a journey's are hot or all are cold.
  func journeys(_ keys: [Int64]) throws -> [Int64: LiveJourney] {
    try connection.transaction {
      try touch(keys)
      let hot = try records(.hot)
      // Cold keys are many, and to look through them takes as long for none as for one.
      let others = keys.filter { hot[$0] == nil }
      if others.isEmpty { return hot }
      try touch(others)
      return hot.merging(try records(.cold)) { hot, _ in hot }
    }
  }

  private func touch(_ keys: [Int64]) throws {
    try emptyTouched()
    let appender = try connection.appender(schema: nil, table: "touched_journey", types: [.bigint])
    for key in keys {
      appender.setBigint(0, key)
      try appender.endRow()
    }
    try appender.finish()
  }

  private func records(_ part: StorePart) throws -> [Int64: LiveJourney] {
    if part == .cold { try statements.findCold(StoreLayout.recordTables) }
    var records = SilverRecords()
    try statements.stays(part).forEachChunk { records.appendStays($0) }
    try statements.movements(part).forEachChunk { try records.appendMovements($0) }
    var journeys: [Int64: LiveJourney] = [:]
    for (key, stays) in records.stays { for stay in stays { journeys[key, default: LiveJourney()].add(stay) } }
    for (key, movements) in records.movements { for movement in movements { journeys[key, default: LiveJourney()].add(movement) } }
    return journeys
  }

  /// The last local midnight before an instant, in each hospital.
  func midnights(_ board: LiveBoard, before now: Int64) throws -> [Int32: Int64] {
    if midnights.count > 10_000 { midnights = [:] }
    var found: [Int32: Int64] = [:]
    for hospital in board.hospitals {
      let local = try localTimes.local(hospital.hospitalID, now)
      let day = Midnight(timeZone: hospital.timeZone, day: CivilTime.floorDivide(local, CivilTime.day))
      let known = try midnights[day] ?? midnight.query([.timestamp(day.day * CivilTime.day), .text(hospital.timeZone)]).scalar.int64 ?? now
      midnights[day] = known
      found[hospital.hospitalID] = known
    }
    return found
  }

  /// Now and then the tables are made anew: emptying them keeps what they ever held, see `BatchRunner.checkpoint()`.
  private func emptyTouched() throws {
    lookups += 1
    if lookups % 256 == 0 { try StagingTables.makeKeys(connection) } else { try connection.execute("truncate touched_journey") }
  }

  /// Lets DuckDB plan anew, because tables have grown.
  func replan() { statements.replan() }
}
