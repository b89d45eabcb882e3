internal import DuckDB
internal import Foundation

extension BatchRunner {
  /// What is done between batches: ended journeys go cold, the write-ahead log is folded.
  func maintain(_ configuration: LakehouseConfiguration) throws {
    if ContinuousClock.now - lastFreeze > configuration.freezeInterval {
      try freeze()
      try foldDeltas()
      lastFreeze = .now
    }
    if ContinuousClock.now - lastRetention > .seconds(3600) {
      let oldest = Date().timeIntervalSince1970 - configuration.bronzeRetention / .seconds(1)
      try inTransaction { _ = try connection.query("delete from bronze.event where enqueued_at < ?", [.timestamp(Int64(oldest * 1e6))]) }
      lastRetention = .now
    }
    if ContinuousClock.now - lastCheckpoint > configuration.checkpointInterval { try checkpoint() }
  }

  /// Moves journeys that ended long enough ago to the cold tables.
  /// - Returns: how many journeys moved.
  @discardableResult
  func freeze() throws -> Int {
    seconds = [:]
    var keys: [Int64] = []
    var patients: [Int64] = []
    try inTransaction {
      let limit = clock - Int64(store.configuration.hotHours) * 3_600_000_000
      try connection.execute("truncate frozen_journey")
      try connection.prepare(
        """
        insert into frozen_journey
        select journey_key from hot.movement
        group by journey_key
        having max(occurred_at) < $1
        except
        select journey_key from hot.fact_patient_flow where discharge_time is null or discharge_time >= $1
        """
      ).execute([.timestamp(limit)])
      try connection.prepare("select journey_key from frozen_journey").forEachInt64 { keys.append($0) }
      guard !keys.isEmpty else { return }
      try connection.prepare("select distinct patient_key_hash from hot.movement where journey_key in (select journey_key from frozen_journey)")
        .forEachInt64 { patients.append($0) }
      try perform(plan.freeze)
    }
    for key in keys { coldJourneys.insert(key) }
    for key in patients { coldPatients.insert(key) }
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
    guard store.hasRoomToFold else { return }
    try connection.execute("checkpoint")
    lastCheckpoint = .now
  }
}
