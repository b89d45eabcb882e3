internal import DuckDB
internal import Journeys

extension BatchRunner {
  /// A batch by the models' twin. Department changes in it are taken in by the models first.
  func run(_ compiled: CompiledRestatement, _ slice: SourceSlice, _ figures: inout BatchFigures) throws -> BatchResult {
    let batch = try take(slice, compiled, &figures)
    figures.journeys += try restate(batch, compiled, endedBefore: isLarge ? clock(after: figures) - hotPeriod : nil)
    try timed(.aggregates) { try compiled.writeAggregates() }
    return try finish(figures, isRestating: true)
  }

  /// The bulk path's first half: the records are put aside, and their journeys restated once all are there.
  func append(_ compiled: CompiledRestatement, _ slice: SourceSlice, _ figures: inout BatchFigures) throws -> BatchResult {
    isRewriting = true
    compiled.forgetJourneys()
    let batch = try take(slice, compiled, &figures)
    try timed(.silver) { try compiled.putAside(batch) }
    try timed(.aggregates) { try compiled.writeAggregates() }
    return try finish(figures, isRestating: false)
  }

  /// What the records bring to silver. All but the journeys' records is written.
  private func take(_ slice: SourceSlice, _ compiled: CompiledRestatement, _ figures: inout BatchFigures) throws -> SilverBatch {
    compiled.begin()
    var batch = try timed(.parse) { try read(slice, compiled) }
    if batch.hasDepartments {
      try takeDepartments(slice, &figures)
      // Hospitals may have become known by that.
      batch = try timed(.parse) { try read(slice, compiled) }
    }
    figures.quarantined += batch.quarantined.count
    figures.latestStated = batch.latestStated
    figures.recordsByHospital = batch.recordsByHospital
    try extendTime(to: batch.months) { try compiled.stage(batch) }
    try timed(.silver) { try compiled.write(batch) }
    return batch
  }

  /// - Parameters:
  ///   - limit: new journeys that ended before it go straight to the cold tables; `nil`: all go to the hot ones.
  ///   - behind: writes while the caller goes on; `nil`: all is written when this returns.
  func restate(_ batch: SilverBatch, _ compiled: CompiledRestatement, endedBefore limit: Int64?, behind: WriteBehind? = nil) throws -> Int {
    let threads = isLarge ? store.configuration.threads : 1
    var journeys = RestatedJourney.grouped(batch)
    if journeys.isEmpty { return 0 }
    // A large batch passes by without a trace: it would take all that is remembered, and much memory.
    if isLarge { compiled.forgetJourneys() } else { compiled.recall(&journeys) }
    known.place(&journeys)
    // Cold rows are looked for anyway, to take them away.
    for index in journeys.indices where journeys[index].isCold { journeys[index].before = nil }
    // Whoever asks the store of what it knows must find what is still being written.
    if !journeys.allSatisfy(\.isNew) { try behind?.wait() }
    var patients = try timed(.silver) { try compiled.restateMovements(&journeys, threads: threads) }
    let knownPatients = known.knows(patients: patients.keys)
    if !knownPatients.isEmpty { try behind?.wait() }
    var others: [Int64] = []
    let fresh = try timed(.patients) {
      let restated = try compiled.restatePatients(
        &patients, known: knownPatients, isCold: { known.coldPatients.contains($0) }, touched: Set(journeys.lazy.map(\.key)),
        remembers: !isLarge)
      if !restated.moved.isEmpty {
        others = try compiled.journeys(ofMoved: restated.moved, hasHistory: restated.moved.contains { known.coldPatients.contains($0) })
      }
      return restated.fresh
    }
    try thaw(others.filter { known.coldJourneys.contains($0) })
    try timed(.gold) { try compiled.restateFacts(&journeys, others: others, patients: patients, threads: threads) }
    // After everything that reads their rows.
    let cold = journeys.filter(\.isCold).map(\.key)
    if !cold.isEmpty {
      try timed(.thaw) {
        known.becomeHot(cold)
        try compiled.takeFromCold()
      }
    }
    if let limit { for index in journeys.indices where journeys[index].isNew { journeys[index].goesCold = journeys[index].isEnded(before: limit) } }
    // A rollback makes this wrong; `inTransaction` loads the keys anew then.
    known.note(journeys)
    for index in journeys.indices where !journeys[index].goesCold { rowsWrittenSinceCompaction += Int64(journeys[index].movements.count) }
    if let behind {
      seconds[.write, default: 0] += try behind.start { [journeys] in try compiled.write(journeys, fresh) }
    } else {
      try timed(.write) { try compiled.write(journeys, fresh) }
    }
    if isLarge { compiled.forgetJourneys() } else { compiled.remember(journeys) }
    return journeys.count
  }

  /// What the records bring to silver; large batches are read by a thread for each partition.
  private func read(_ slice: SourceSlice, _ compiled: CompiledRestatement) throws -> SilverBatch {
    let hospitals = try compiled.currentDimensions().hospitals
    var pieces = try compiled.readers(slice.from.count).enumerated().map { PartitionReading(partition: $0.offset, reader: $0.element) }
    try Parallel.update(&pieces, threads: isLarge ? store.configuration.threads : 1, fewest: 2) { piece in
      try slice.forEachRecord(in: piece.partition) { record in
        piece.reader.read(
          partition: Int32(piece.partition), offset: record.offset, enqueuedAt: record.enqueuedAt, body: record.body,
          isKnown: { hospitals[$0] != nil }, into: &piece.batch)
      }
    }
    return pieces.reduce(into: SilverBatch()) { $0.append($1.batch) }
  }

  private struct PartitionReading {
    let partition: Int
    let reader: SilverReader
    var batch = SilverBatch()
  }

  /// Takes the department changes of the batch, and no other record, to the dimensions and to the facts that hold their keys.
  private func takeDepartments(_ slice: SourceSlice, _ figures: inout BatchFigures) throws {
    try plan.empty()
    let writer = try ParsedWriter(connection: connection, schemas: schemas, pseudonymizer: pseudonymizer)
    try timed(.parse) {
      try slice.forEachRecord { partition, record in
        try writer.append(partition: partition, offset: record.offset, enqueuedAt: record.enqueuedAt, body: record.body) { $0 == .department }
      }
      try writer.finish()
    }
    try changeDepartments()
    try perform(plan.append)
    figures.quarantined = Int(try connection.query("select count(*) from n_quarantine").scalar.int64 ?? 0)
    figures.journeys = try restateTouched()
    try perform(plan.aggregates)
  }
}
