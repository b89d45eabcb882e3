internal import DuckDB

extension BatchRunner {
  /// Restates the journeys of all records that were appended without restating, slice by slice, each in a transaction of its own: what a
  /// statement holds in memory follows the slice and not the backlog.
  ///
  /// A crash in between leaves some journeys restated and says so of none; the next start does them again, to the same rows.
  /// - Parameter sliceRecords: about so many records at a time.
  /// - Returns: the last batch, with the journeys of all; `nil` if there was nothing to do.
  func restatePending(sliceRecords: Int64 = 250_000) throws -> BatchResult? {
    seconds = [:]
    try setSize(isLarge: true)
    let sources = ["silver.stay_record", "silver.movement_record"].map {
      "select r.journey_key from \($0) r join ops.hub_offset o on o.hub_partition = r.hub_partition and r.hub_offset >= o.restated_offset"
    }
    let pending = sources.joined(separator: " union all ")
    let records = try connection.query("select count(*) from (\(pending))").scalar.int64 ?? 0
    let slices = max(1, (records + sliceRecords - 1) / max(1, sliceRecords))
    var result: BatchResult?
    var journeys = 0
    for slice in 0..<slices {
      // What was written and staged before need not lie in memory with it.
      if slices > 1 { try checkpoint() }
      try inTransaction {
        try plan.empty()
        try connection.execute("insert into touched_journey select distinct journey_key from (\(pending)) where journey_key % \(slices) = \(slice)")
        let touched = try restateTouched()
        journeys += touched
        let isLast = slice + 1 == slices
        // Also when none was touched, as with nothing but quarantined records: the offsets are restated up to here all the same.
        guard touched > 0 || isLast && hasPending else { return }
        result = try finishRestating(touched, isWhole: isLast)
      }
    }
    result?.restatedJourneys = journeys
    return result
  }
}
