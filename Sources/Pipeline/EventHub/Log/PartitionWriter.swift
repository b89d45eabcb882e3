import Synchronization

/// Writes one partition. It belongs to the hub's writer thread; readers see only what it publishes to `log`.
///
/// The rule that everything here serves: a record is published, and so acknowledged, only after one `synchronize` of
/// the file descriptor that wrote it succeeded.
final class PartitionWriter {
  /// What is undone together: see ``rollBack(to:)``.
  struct Mark {
    fileprivate var segment: Segment
  }

  let log: PartitionLog
  private let segmentBytes: Int64
  private let indexInterval: Int64
  private var file: any LogFile
  /// The active segment with everything written, durable or not.
  private var written: Segment
  /// The active segment as far as it is durable and published.
  private var durable: Segment
  /// What the checkpoint on the disk says; nil if writing it failed, so that either may stand there.
  private var mode: Checkpoint.Mode?
  /// Whether the file was written or cut since its last flush.
  private var isDirty = false
  /// After a failed flush the kernel forgets which pages are missing on the disk, so a later flush of the same file
  /// proves nothing. Nothing is written until ``repair()`` has made sure of the durable part.
  private var isSuspect = false
  /// How often batches were lost that `append(bulk:)` had taken but no flush had confirmed.
  private(set) var bulkLosses = 0
  /// Segments that readers no longer see and whose files are still to be removed, oldest first.
  private var unseen: [Segment] = []
  private var header = [UInt8](repeating: 0, count: BatchHeader.byteCount)

  init(log: PartitionLog, file: any LogFile, active: Segment, segmentBytes: Int64, indexInterval: Int64) {
    self.log = log
    self.file = file
    written = active
    durable = active
    self.segmentBytes = segmentBytes
    self.indexInterval = indexInterval
  }

  private var activePath: String { log.directory + "/" + written.logName }

  // MARK: writing

  /// Makes room for a batch: repairs the segment if it is suspect, begins a new one if it would grow too large.
  func prepare(for bytes: Int) throws(HubError) -> Mark {
    if isSuspect { try repair() }
    if written.byteCount > 0, written.byteCount + Int64(bytes) > segmentBytes { try roll() }
    return Mark(segment: written)
  }

  /// Writes one batch after what is there, giving it its offsets and enqueued time. It may remain in part if this
  /// throws; the caller rolls back.
  func write(_ batch: EventBatch, now: Int64) throws(HubError) -> Range<Int64> {
    var head = batch.header
    head.baseOffset = written.endOffset
    head.leaderEpoch = 0
    head.attributes = BatchHeader.logAppendTime
    head.maximumTimestamp = max(now, written.lastTimestamp)
    if !batch.hasSenderTime { head.baseTimestamp = head.maximumTimestamp }
    let position = written.byteCount
    let file = file
    isDirty = true
    var failure: FileSystemError?
    header.withUnsafeMutableBytes { bytes in
      head.seal(into: bytes, records: batch.recordBytes)
      do throws(FileSystemError) {
        try file.write(UnsafeRawBufferPointer(bytes), batch.recordBytes, at: position)
      } catch { failure = error }
    }
    if let failure { throw HubError(failure, position: log.position(of: written)) }
    written.index.note(offset: head.baseOffset - written.baseOffset, byte: position, interval: indexInterval)
    written.byteCount += Int64(head.totalBytes)
    written.endOffset = head.endOffset
    written.lastTimestamp = head.maximumTimestamp
    return head.baseOffset..<head.endOffset
  }

  /// Takes back what was written since `mark`, so that nothing lingers that nobody acknowledged.
  func rollBack(to mark: Mark) {
    // After a failed flush the segment was already cut to its durable part, and perhaps replaced.
    guard !isSuspect, written.baseOffset == mark.segment.baseOffset, written.byteCount >= mark.segment.byteCount else { return }
    written = mark.segment
    // It may have been confirmed, but nobody was told.
    if durable.byteCount > written.byteCount { durable = written }
    isDirty = true
    do throws(FileSystemError) { try file.truncate(to: written.byteCount) } catch { becomeSuspect() }
  }

  /// Makes everything written durable, without showing it to readers yet.
  func confirm() throws(HubError) {
    guard !isSuspect else { throw HubError(.syncFailed, "the segment is being repaired") }
    guard isDirty else { return }
    do throws(FileSystemError) {
      try file.synchronize()
    } catch {
      becomeSuspect()
      // Tried at once, so that what nobody acknowledged is off the disk soon; if it fails, the next append tries again.
      do throws(HubError) { try repair() } catch { isSuspect = true }
      throw HubError(error, position: log.position(of: durable))
    }
    durable = written
    isDirty = false
  }

  /// Shows readers everything that was confirmed.
  func publish() {
    let segment = durable
    log.view.withLock { view in view.segments[view.segments.count - 1] = segment }
  }

  // MARK: bulk

  /// Notes durably, before many batches are written between two flushes, where they begin.
  func beginBulk() throws(HubError) {
    guard mode != .bulk else { return }
    try save(.bulk)
  }

  /// Makes all bulk batches durable and visible.
  func flush() throws(HubError) {
    if isSuspect { try repair() }
    try confirm()
    publish()
    if mode != .open { try save(.open) }
  }

  /// Makes everything durable and notes that the log ends here.
  func close() throws(HubError) {
    try flush()
    try save(.closed)
    file.close()
  }

  func save(_ mode: Checkpoint.Mode) throws(HubError) {
    self.mode = nil
    try Checkpoint.file(in: log.directory, log.files).write(Checkpoint(mode: mode, segment: durable).lines)
    self.mode = mode
  }

  // MARK: segments

  /// Ends the active segment and begins the next. Throws without any change to what is published.
  func roll() throws(HubError) {
    try confirm()
    publish()
    do throws(HubError) { try beginSegment() } catch {
      // An empty file left behind would lie inside the offsets that come next. Should removing it fail too, recovery
      // knows such a file by its emptiness.
      do throws(FileSystemError) { try log.files.remove(log.directory + "/" + SegmentName.log(durable.endOffset)) } catch {}
      throw error
    }
  }

  private func beginSegment() throws(HubError) {
    do throws(FileSystemError) {
      let next = Segment(baseOffset: durable.endOffset, lastTimestamp: durable.lastTimestamp)
      let nextFile = try log.files.openForWriting(log.directory + "/" + next.logName, create: true)
      try nextFile.truncate(to: 0)
      try writeIndex(of: durable)
      try log.files.synchronizeDirectory(log.directory)
      file.close()
      file = nextFile
      written = next
      durable = next
      log.view.withLock { $0.segments.append(next) }
    } catch { throw HubError(error, position: log.position(of: durable)) }
  }

  private func writeIndex(of segment: Segment) throws(FileSystemError) {
    let index = try log.files.openForWriting(log.directory + "/" + segment.indexName, create: true)
    defer { index.close() }
    try index.truncate(to: 0)
    try StateFile.write(SparseIndex.encode(segment), to: index)
  }

  private func becomeSuspect() {
    isSuspect = true
    if mode != .open { bulkLosses += 1 }
  }

  /// Brings a suspect segment back to its durable part, proves that this part is on the disk, and goes on in a new
  /// segment.
  private func repair() throws(HubError) {
    do throws(FileSystemError) {
      file.close()
      file = try log.files.openForWriting(activePath, create: true)
      try file.truncate(to: durable.byteCount)
      // The failed write may have touched the page in which the durable part ends, so that page is written anew, from
      // what memory still holds, and then read back from the disk.
      let pageStart = durable.byteCount & ~4095
      let page = ByteStorage(capacity: Int(durable.byteCount - pageStart))
      let count = Int(durable.byteCount - pageStart)
      let target = UnsafeMutableRawBufferPointer(start: page.base, count: count)
      guard try file.read(into: target, at: pageStart) == count else { throw FileSystemError(.read, 0) }
      try file.write(page.bytes(0..<count), at: pageStart)
      try file.synchronize()
      file.dropCache()
      try verifyTail()
    } catch { throw HubError(error, position: log.position(of: durable)) }
    written = durable
    isSuspect = false
    isDirty = false
    // A segment without durable records has the name that the new one would get; it is empty and may be used again.
    if durable.byteCount > 0 {
      do throws(HubError) { try roll() } catch {
        isSuspect = true
        throw error
      }
    }
  }

  /// Checks the batches from the last indexed one to the durable end.
  private func verifyTail() throws(FileSystemError) {
    var window = ScanWindow(file, fileBytes: durable.byteCount)
    var position = Int64(durable.index.entries.last?.byte ?? 0)
    while position < durable.byteCount {
      guard let batch = try SegmentScanner.batch(in: &window, at: position) else { throw FileSystemError(.synchronize, 0) }
      position += Int64(batch.totalBytes)
    }
  }

  // MARK: retention

  /// Deletes whole segments from the front that `mayDelete` allows; never the active one. Returns the bytes freed.
  func deleteFront(while mayDelete: (_ segment: Segment, _ totalBytes: Int64) -> Bool) throws(HubError) -> Int64 {
    if durable.byteCount > 0, !isDirty, !isSuspect, log.segmentCount == 1, mayDelete(durable, durable.byteCount) {
      try roll()
    }
    unseen += log.view.withLock { view in
      var total = view.segments.reduce(0) { $0 + $1.byteCount }
      var count = 0
      while count < view.segments.count - 1, mayDelete(view.segments[count], total) {
        total -= view.segments[count].byteCount
        count += 1
      }
      let deleted = Array(view.segments[..<count])
      view.segments.removeFirst(count)
      let first = view.segments[0].baseOffset
      view.damage.removeAll { $0.segmentBase < first }
      view.skipped.removeAll { $0.segmentBase < first }
      return deleted
    }
    var freed: Int64 = 0
    do throws(FileSystemError) {
      // Oldest first, and each name gone for certain before the next: a crash must not leave a hole between two segments.
      while let segment = unseen.first {
        try log.files.remove(log.directory + "/" + segment.indexName)
        try log.files.remove(log.directory + "/" + segment.logName)
        try log.files.synchronizeDirectory(log.directory)
        unseen.removeFirst()
        freed += segment.byteCount
      }
    } catch { throw HubError(error) }
    return freed
  }

  // MARK: damage

  /// Passes over the damage that holds `offset`. Returns what is passed over.
  func skip(at offset: Int64) throws(HubError) -> Gap {
    if let known = log.view.withLock({ $0.skipped.first { $0.offsets.contains(offset) } }) { return known }
    guard let gap = try findGap(at: offset) else {
      throw HubError(.offsetOutOfRange, "partition \(log.number) has no damage at offset \(offset)")
    }
    let skipped = log.view.withLock { $0.skipped } + [gap]
    try Gap.skippedFile(in: log.directory, log.files).write(skipped.map(\.line))
    log.view.withLock { view in
      view.skipped = skipped
      view.damage.removeAll { $0.offsets.overlaps(gap.offsets) }
    }
    return gap
  }

  private func findGap(at offset: Int64) throws(HubError) -> Gap? {
    let place: (segment: Segment, end: Int64)? = log.view.withLock { view in
      guard let index = view.segments.lastIndex(where: { $0.baseOffset <= offset }) else { return nil }
      let segment = view.segments[index]
      return (segment, index + 1 < view.segments.count ? view.segments[index + 1].baseOffset : segment.endOffset)
    }
    guard let place, offset < place.end else { return nil }
    do throws(FileSystemError) {
      let segment = place.segment
      let file = try log.files.openForReading(log.directory + "/" + segment.logName)
      defer { file.close() }
      let scan = try SegmentScanner.scan(
        file, baseOffset: segment.baseOffset, indexInterval: indexInterval, lastTimestamp: 0, upTo: segment.byteCount)
      var holes = scan.holes
      if scan.segment.endOffset < place.end {
        holes.append(.init(bytes: scan.segment.byteCount..<segment.byteCount, offsets: scan.segment.endOffset..<place.end))
      }
      return holes.first { $0.offsets.contains(offset) }
        .map { Gap(segmentBase: segment.baseOffset, bytes: $0.bytes, offsets: $0.offsets) }
    } catch { throw HubError(error) }
  }
}

extension PartitionLog {
  func position(of segment: Segment) -> LogPosition {
    LogPosition(partition: number, file: segment.logName, byte: segment.byteCount, offset: segment.endOffset)
  }
}
