internal import DuckDB
internal import Foundation

extension BatchRunner {
  /// What is done between batches: ended journeys go cold, bronze forgets, the write-ahead log is folded.
  /// - Returns: the seconds that this took, by stage; batches waited for them.
  func maintain(_ configuration: LakehouseConfiguration) throws -> [BatchStage: Double] {
    seconds = [:]
    if ContinuousClock.now - lastFreeze > configuration.freezeInterval {
      // One or the other, so that no batch waits for both.
      if try !compactHotTables() { try freeze(atMost: configuration.freezeJourneys) }
      lastFreeze = .now
    }
    if ContinuousClock.now - lastRetention > .seconds(3600) {
      let oldest = Date().timeIntervalSince1970 - configuration.bronzeRetention / .seconds(1)
      try inTransaction {
        _ = try connection.query("delete from bronze.event where enqueued_at < ?", [.timestamp(Int64(oldest * 1e6))])
        // A line for each batch; nothing but people's questions reads it.
        try connection.execute("delete from ops.batch where committed_at < now()::timestamp - interval 30 day")
      }
      lastRetention = .now
    }
    if ContinuousClock.now - lastCheckpoint > configuration.checkpointInterval || store.logIsLong { try timed(.checkpoint) { try checkpoint() } }
    return seconds
  }

  /// How long ended journeys stay in the hot tables, microseconds.
  var hotPeriod: Int64 { Int64(store.configuration.hotHours) * 3_600_000_000 }

  /// Moves journeys that ended long enough ago to the cold tables.
  /// - Parameter count: how many at the most, so that no batch has to wait long for it.
  /// - Returns: how many journeys moved.
  @discardableResult
  func freeze(atMost count: Int? = nil) throws -> Int {
    var keys: [Int64] = []
    var patients: [Int64] = []
    try inTransaction {
      let limit = clock - hotPeriod
      try timed(.freeze) {
        try connection.execute("truncate frozen_journey")
        try connection.prepare(
          """
          insert into frozen_journey
          select journey_key from hot.movement
          group by journey_key
          having max(occurred_at) < $1
          except
          select journey_key from hot.fact_patient_flow where discharge_time is null or discharge_time >= $1
          limit $2
          """
        ).execute([.timestamp(limit), .integer(Int64(count ?? Int.max))])
        try connection.prepare("select journey_key from frozen_journey").forEachInt64 { keys.append($0) }
        guard !keys.isEmpty else { return }
        try connection.prepare("select distinct patient_key_hash from hot.movement where journey_key in (select journey_key from frozen_journey)")
          .forEachInt64 { patients.append($0) }
      }
      guard !keys.isEmpty else { return }
      try perform(plan.freeze)
    }
    guard !keys.isEmpty else { return 0 }
    for key in keys {
      known.hotJourneys.remove(key)
      known.coldJourneys.insert(key)
    }
    for key in patients { known.coldPatients.insert(key) }
    try timed(.freeze) { try known.loadHotPatients(connection) }
    return keys.count
  }

  /// Replaces the signed deltas of the aggregates by their sums once there are many of them.
  private func foldDeltas() throws {
    for table in StoreLayout.additiveTables {
      let delta = StoreLayout.delta(table.name)
      let rows = try connection.query("select (select count(*) from \(delta)), (select count(*) from \(table.name))").rows.first ?? []
      guard rows.count == 2, let stored = rows[0].int64, let folded = rows[1].int64, stored > 20_000, stored > 2 * folded else { continue }
      try inTransaction {
        try connection.execute(
          """
          create or replace temp table folded as select * from \(table.name);
          delete from \(delta);
          insert into \(delta) by name select * from folded;
          drop table folded
          """)
      }
    }
  }

  /// Folds the write-ahead log into the store's file, if the disk has room for that.
  func checkpoint() throws {
    try trust()
    guard store.hasRoomToFold else { return }
    try foldDeltas()
    try connection.execute("checkpoint")
    lastCheckpoint = .now
    try renewStaging()
    try giveBackMemory()
  }

  /// Makes the staging tables anew. Emptying one only marks its rows as deleted, and no checkpoint reaches temporary tables: what they ever
  /// held stays in memory or spilled, 4 GB after three million records.
  func renewStaging() throws {
    try StagingTables.make(connection, schemas: schemas)
    plan.replan()
    compiled?.replan()
  }
}
