internal import DuckDB
internal import Journeys

/// The bulk path's second half: journeys that were left (``deferTouched()``) and those of all records that were put aside are restated, some patients at a time and each part in a
/// transaction of its own; in a part, slice by slice, so that what lies in memory follows the slice and not the backlog.
///
/// A part holds all records of its patients: one that came back in every part would have its other journeys restated each time. The records
/// leave `pending` in the transaction that restates them, so after a crash what has to be done is exactly what is still there.
extension BatchRunner {
  /// - Parameter sliceRecords: about so many records at a time.
  /// - Returns: the last batch, with the journeys of all; `nil` if there was nothing to do.
  func restatePending(sliceRecords: Int = 64_000) throws -> BatchResult? {
    guard hasPending else { return nil }
    seconds = [:]
    try setSize(isLarge: true)
    var journeys = try restateDeferred(atOnce: sliceRecords)
    if let compiled {
      for table in StoreLayout.recordTables { journeys += try restate(table, compiled, sliceRecords: sliceRecords) }
    } else {
      journeys += try restateByModels(sliceRecords: sliceRecords)
    }
    var result: BatchResult?
    try inTransaction {
      isRewriting = true
      var figures = BatchFigures(offsets: nextOffsets)
      figures.journeys = journeys
      result = try finish(figures, isRestating: true)
    }
    return result
  }

  /// Restates by the twin, while another connection hands over the records in order of their patients.
  ///
  /// A part is four slices, which can be sorted in memory; between parts, and not while one is read, the log can be folded.
  private func restate(_ table: String, _ compiled: CompiledRestatement, sliceRecords: Int) throws -> Int {
    let records = Int(try connection.query("select count(*) from \(StoreLayout.pending(table))").scalar.int64 ?? 0)
    guard records > 0 else { return 0 }
    let parts = Int64(1 + records / (4 * sliceRecords))
    // Hashes of patients have 60 bits.
    let width = (1 << 60) / parts + 1
    var journeys = 0
    for part in 0..<parts {
      journeys += try restate(table, patients: part * width...(part + 1) * width - 1, compiled, sliceRecords: sliceRecords)
      if store.logIsLong { try timed(.checkpoint) { try checkpoint() } } else { try renewStaging() }
    }
    return journeys
  }

  private func restate(_ table: String, patients: ClosedRange<Int64>, _ compiled: CompiledRestatement, sliceRecords: Int) throws -> Int {
    let pending = StoreLayout.pending(table)
    let isStay = table == "silver.stay_record"
    let patientColumn = isStay ? 9 : 10
    let bounds: [Value] = [.integer(patients.lowerBound), .integer(patients.upperBound)]
    let part = "\(pending) where patient_key_hash between $1 and $2"
    let sorted = try store.database.connect().prepare(
      "\(isStay ? SilverRecords.staySelect : SilverRecords.movementSelect) from \(part) order by patient_key_hash")
    var journeys = 0
    try inTransaction {
      isRewriting = true
      compiled.begin()
      let behind = WriteBehind()
      // After an error of the reader the connection must be free for the rollback; what the writer threw then is a consequence or tried again.
      defer { _ = try? behind.wait() }
      var slice = SilverBatch()
      var last: Int64?
      try sorted.streamChunks(bounds) { chunk in
        for row in 0..<chunk.count {
          let patient = chunk.int64(patientColumn, row)
          if slice.stays.count + slice.movements.count >= sliceRecords, patient != last {
            journeys += try restate(slice, compiled, endedBefore: clock - hotPeriod, behind: behind)
            slice = SilverBatch()
          }
          last = patient
          if isStay { slice.stays.append(SilverRecords.stay(chunk, row)) } else { slice.movements.append(try SilverRecords.movement(chunk, row)) }
        }
      }
      journeys += try restate(slice, compiled, endedBefore: clock - hotPeriod, behind: behind)
      seconds[.write, default: 0] += try behind.wait()
      try timed(.silver) { _ = try connection.prepare("delete from \(part)").execute(bounds) }
      try timed(.aggregates) { try compiled.writeAggregates() }
      _ = try finish(BatchFigures(offsets: nextOffsets), isRestating: false)
    }
    return journeys
  }

  /// Restates by the models on disk, if they are not those that have a twin.
  private func restateByModels(sliceRecords: Int) throws -> Int {
    let counts = StoreLayout.recordTables.map { "(select count(*) from \(StoreLayout.pending($0)))" }.joined(separator: " + ")
    let records = Int(try connection.query("select \(counts)").scalar.int64 ?? 0)
    let slices = (records + sliceRecords - 1) / max(1, sliceRecords)
    var journeys = 0
    for slice in 0..<slices {
      // What was written and staged before need not lie in memory with it.
      if slice > 0 { try checkpoint() }
      try inTransaction {
        try plan.empty()
        for table in StoreLayout.recordTables {
          let part = "from \(StoreLayout.pending(table)) where patient_key_hash % \(slices) = \(slice)"
          try connection.execute(
            """
            insert into touched_journey select distinct journey_key \(part) and journey_key not in (select journey_key from touched_journey);
            insert into \(StoreLayout.hot(table)) select * \(part);
            delete \(part)
            """)
        }
        let touched = try restateTouched()
        journeys += touched
        if touched > 0 { _ = try finishRestating(touched, isWhole: false) }
      }
    }
    return journeys
  }
}
