/// Opens a partition's directory after whatever happened to it.
///
/// A torn tail, which is what a crash leaves of batches that nobody acknowledged, is cut. Anything else that is not a
/// whole batch is damage: it is kept, reported with its position, and the log goes on after it in a new segment.
struct PartitionRecovery {
  /// What was done.
  struct Report: Sendable {
    /// Bytes of torn tails that were cut.
    var cutBytes: Int64 = 0
    /// Segments whose index was missing or did not fit.
    var scannedSegments = 0
  }

  let number: Int
  let directory: String
  let files: any LogFileSystem
  let segmentBytes: Int64
  let indexInterval: Int64
  /// The greatest offset that a consumer group has committed: proof that everything before it was acknowledged.
  let committed: Int64

  private var segments: [Segment] = []
  private var gaps: [Gap] = []
  private(set) var report = Report()

  init(
    number: Int, directory: String, files: any LogFileSystem, segmentBytes: Int64, indexInterval: Int64, committed: Int64
  ) {
    self.number = number
    self.directory = directory
    self.files = files
    self.segmentBytes = segmentBytes
    self.indexInterval = indexInterval
    self.committed = committed
  }

  mutating func open() throws(HubError) -> PartitionWriter {
    do {
      try files.createDirectory(directory)
      var bases = try files.list(directory).compactMap(SegmentName.baseOffset(ofLog:)).sorted()
      let checkpoint = try checkpoint()
      while bases.count > 1 { try recoverFinished(&bases) }
      var nextBase: Int64?
      if let base = bases.first { nextBase = try recoverLast(base, checkpoint) }
      if segments.isEmpty { nextBase = max(checkpoint?.endOffset ?? 0, committed) }
      return try makeWriter(nextBase: nextBase)
    } catch let error as FileSystemError {
      throw HubError(error)
    } catch let error as HubError {
      throw error
    } catch {
      throw HubError(.inputOutput, "opening partition \(number) failed")
    }
  }

  private func path(_ name: String) -> String { directory + "/" + name }

  /// A damaged checkpoint is as good as none: holes are then reported rather than cut.
  private func checkpoint() throws(HubError) -> Checkpoint? {
    do {
      return try Checkpoint.file(in: directory, files).read().flatMap(Checkpoint.init(lines:))
    } catch {
      if error.code == .corrupt { return nil }
      throw error
    }
  }

  /// Damaged notes of what was passed over mean that the damage is reported again.
  private func skipped() throws(HubError) -> [Gap] {
    do {
      return try Gap.skippedFile(in: directory, files).read()?.compactMap(Gap.init(line:)) ?? []
    } catch {
      if error.code == .corrupt { return [] }
      throw error
    }
  }

  // MARK: finished segments

  /// Takes the first of several segments from `bases`. It was durable before the next was begun.
  private mutating func recoverFinished(_ bases: inout [Int64]) throws {
    let base = bases.removeFirst()
    let next = bases[0]
    let file = try files.openForReading(path(SegmentName.log(base)))
    defer { file.close() }
    let fileBytes = try file.size()
    // A segment begun and never used, by a writer that failed right then.
    if fileBytes == 0, next != base {
      try files.remove(path(SegmentName.log(base)))
      return
    }
    var segment: Segment
    if let known = try readIndex(base, logBytes: fileBytes) {
      segment = known
    } else {
      report.scannedSegments += 1
      let scan = try SegmentScanner.scan(
        file, baseOffset: base, indexInterval: indexInterval, lastTimestamp: segments.last?.lastTimestamp ?? 0)
      segment = scan.segment
      gaps += scan.holes.map { Gap(segmentBase: base, bytes: $0.bytes, offsets: $0.offsets) }
    }
    if segment.endOffset > next {
      guard try isEmpty(next) else {
        throw HubError(
          .corrupt, "two segments hold the same offsets",
          position: LogPosition(partition: number, file: SegmentName.log(next), byte: 0, offset: next))
      }
      // The unused segment lies inside this one: this one was written on after beginning the other had failed.
      try files.remove(path(SegmentName.log(next)))
      bases[0] = base
      gaps.removeAll { $0.segmentBase == base }
      return
    }
    if segment.endOffset < next {
      gaps.append(
        Gap(segmentBase: base, bytes: segment.byteCount..<fileBytes, offsets: segment.endOffset..<next))
    } else if segment.byteCount < fileBytes {
      try cut(base, to: segment.byteCount, of: fileBytes)
    }
    segments.append(segment)
  }

  private func isEmpty(_ base: Int64) throws(FileSystemError) -> Bool {
    let file = try files.openForReading(path(SegmentName.log(base)))
    defer { file.close() }
    return try file.size() == 0
  }

  private func readIndex(_ base: Int64, logBytes: Int64) throws(FileSystemError) -> Segment? {
    guard files.exists(path(SegmentName.index(base))) else { return nil }
    let bytes = try StateFile.contents(path(SegmentName.index(base)), files)
    return bytes.withUnsafeBytes { SparseIndex.decode($0, baseOffset: base, logBytes: logBytes) }
  }

  private mutating func cut(_ base: Int64, to byte: Int64, of fileBytes: Int64) throws(FileSystemError) {
    let file = try files.openForWriting(path(SegmentName.log(base)), create: false)
    defer { file.close() }
    try file.truncate(to: byte)
    try file.synchronize()
    report.cutBytes += fileBytes - byte
  }

  // MARK: the last segment

  /// Returns the base offset of a new segment, if the log must go on in one.
  private mutating func recoverLast(_ base: Int64, _ checkpoint: Checkpoint?) throws -> Int64? {
    let file = try files.openForWriting(path(SegmentName.log(base)), create: false)
    defer { file.close() }
    // What a killed process wrote may be in memory only, and what it failed to flush may look whole in memory and not be
    // on the disk. So everything is flushed, then forgotten, and read from the disk.
    try file.synchronize()
    file.dropCache()
    let scan = try SegmentScanner.scan(
      file, baseOffset: base, indexInterval: indexInterval, lastTimestamp: segments.last?.lastTimestamp ?? 0)
    var segment = scan.segment
    var holes = scan.holes
    // Known to be durable: up to `confirmedByte` of this segment, and offsets up to `confirmedOffset`.
    let confirmedByte = checkpoint.map { $0.segmentBase == base ? $0.byte : 0 } ?? 0
    let confirmedOffset = max(checkpoint?.endOffset ?? 0, committed)
    if checkpoint?.mode == .bulk, let first = holes.firstIndex(where: { $0.bytes.lowerBound >= confirmedByte }),
      holes[first].offsets.lowerBound >= confirmedOffset
    {
      segment.byteCount = holes[first].bytes.lowerBound
      segment.endOffset = holes[first].offsets.lowerBound
      segment.index.truncate(to: segment.byteCount)
      holes.removeSubrange(first...)
    }
    gaps += holes.map { Gap(segmentBase: base, bytes: $0.bytes, offsets: $0.offsets) }
    defer { segments.append(segment) }
    if segment.endOffset < confirmedOffset {
      // Acknowledged records are missing. New ones must not get their offsets: consumers would take them for known.
      gaps.append(
        Gap(segmentBase: base, bytes: segment.byteCount..<scan.fileBytes, offsets: segment.endOffset..<confirmedOffset))
      return confirmedOffset
    }
    if segment.byteCount < scan.fileBytes { try cut(base, to: segment.byteCount, of: scan.fileBytes) }
    return holes.isEmpty ? nil : segment.endOffset
  }

  // MARK: going on

  private func makeWriter(nextBase: Int64?) throws -> PartitionWriter {
    var segments = segments
    if let nextBase { segments.append(Segment(baseOffset: nextBase, lastTimestamp: segments.last?.lastTimestamp ?? 0)) }
    let active = segments[segments.count - 1]
    let file = try files.openForWriting(path(active.logName), create: true)
    try files.synchronizeDirectory(directory)
    let first = segments[0].baseOffset
    let skipped = try skipped().filter { $0.segmentBase >= first }
    let damage = gaps.filter { gap in !skipped.contains { $0.offsets.overlaps(gap.offsets) } }
    let log = PartitionLog(
      number: number, directory: directory, files: files,
      view: PartitionLog.View(segments: segments, damage: damage, skipped: skipped))
    let writer = PartitionWriter(
      log: log, file: file, active: active, segmentBytes: segmentBytes, indexInterval: indexInterval)
    try writer.save(.open)
    return writer
  }
}
