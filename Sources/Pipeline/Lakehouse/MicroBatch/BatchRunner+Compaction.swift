internal import DuckDB

extension BatchRunner {
  /// Writes the live rows of the hot tables anew, side by side, once restating has scattered them.
  ///
  /// Restating deletes and inserts. The engine takes deleted rows away at a checkpoint only, and until then a scan reads every
  /// vector in which one row still lives: a batch that took 25 ms took 90 after half a minute of load. What it costs follows what
  /// was written since, at most a part of it.
  /// - Returns: whether there was enough to do.
  func compactHotTables() throws -> Bool {
    guard rowsWrittenSinceCompaction > 40_000 else { return false }
    let live = try connection.query("select count(*) from hot.movement").scalar.int64 ?? 0
    guard rowsWrittenSinceCompaction > 4 * live else { return false }
    try inTransaction {
      try timed(.freeze) {
        for table in StoreLayout.journeyTables {
          let hot = StoreLayout.hot(table)
          try connection.execute(
            """
            create or replace temp table compacted as select * from \(hot);
            truncate \(hot);
            insert into \(hot) select * from compacted;
            drop table compacted
            """)
        }
      }
    }
    rowsWrittenSinceCompaction = 0
    return true
  }
}
