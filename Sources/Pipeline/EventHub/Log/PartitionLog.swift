import Synchronization

/// One partition as readers see it: only records that are durable.
final class PartitionLog: Sendable {
  struct View: Sendable {
    /// At least one; the last is the one being written.
    var segments: [Segment]
    /// Damage that was found and not passed over yet, in order.
    var damage: [Gap] = []
    /// Damage that someone decided to pass over, in order.
    var skipped: [Gap] = []
  }

  let number: Int
  let directory: String
  let files: any LogFileSystem
  let view: Mutex<View>

  init(number: Int, directory: String, files: any LogFileSystem, view: View) {
    precondition(!view.segments.isEmpty)
    self.number = number
    self.directory = directory
    self.files = files
    self.view = Mutex(view)
  }

  var startOffset: Int64 { view.withLock { $0.segments[0].baseOffset } }
  var endOffset: Int64 { view.withLock { $0.segments[$0.segments.count - 1].endOffset } }
  var byteCount: Int64 { view.withLock { $0.segments.reduce(0) { $0 + $1.byteCount } } }
  var segmentCount: Int { view.withLock { $0.segments.count } }
  var damage: [Gap] { view.withLock { $0.damage } }

  func position(_ place: Place) -> LogPosition {
    LogPosition(
      partition: number, file: SegmentName.log(place.segmentBase), byte: place.byte, offset: place.offset)
  }

  // MARK: reading

  /// A batch boundary, and what may be read from there.
  struct Place: Sendable {
    var segmentBase: Int64
    var byte: Int64
    var offset: Int64
    /// Bytes of the segment that readers may see.
    var visibleBytes: Int64
    var skipped: [Gap]
    /// Where the next segment begins, or the log ends.
    var nextOffset: Int64
  }

  func read(from wanted: Int64, maxBytes: Int) throws(HubError) -> RecordSlice {
    var wanted = wanted
    // Goes round only where a segment ends in a gap that was passed over, or is deleted while it is opened.
    while true {
      guard let place = try place(of: wanted) else { return empty(at: wanted) }
      let file: any LogFile
      do {
        file = try files.openForReading(directory + "/" + SegmentName.log(place.segmentBase))
      } catch {
        if wanted < startOffset { throw outOfRange(wanted) }
        throw HubError(error, position: position(place))
      }
      defer { file.close() }
      if let slice = try read(file, at: place, &wanted, maxBytes: maxBytes) { return slice }
    }
  }

  private func empty(at offset: Int64) -> RecordSlice {
    RecordSlice(
      partition: number, startOffset: offset, nextOffset: offset, count: 0, storage: ByteStorage(capacity: 1), range: 0..<0)
  }

  private func outOfRange(_ offset: Int64) -> HubError {
    HubError(.offsetOutOfRange, "partition \(number) has the offsets from \(startOffset) to \(endOffset), asked for \(offset)")
  }

  /// The place to look for an offset from; nil at the log's end.
  private func place(of offset: Int64) throws(HubError) -> Place? {
    let place: (found: Place?, isInside: Bool) = view.withLock { view in
      let last = view.segments[view.segments.count - 1]
      guard offset >= view.segments[0].baseOffset, offset <= last.endOffset else { return (nil, false) }
      if offset == last.endOffset { return (nil, true) }
      var low = 0
      var high = view.segments.count
      while high - low > 1 {
        let middle = (low + high) / 2
        if view.segments[middle].baseOffset <= offset { low = middle } else { high = middle }
      }
      let segment = view.segments[low]
      let entry = segment.index.floor(of: offset - segment.baseOffset)
      let found = Place(
        segmentBase: segment.baseOffset, byte: Int64(entry.byte), offset: segment.baseOffset + Int64(entry.offset),
        visibleBytes: segment.byteCount, skipped: view.skipped.filter { $0.segmentBase == segment.baseOffset },
        nextOffset: low + 1 < view.segments.count ? view.segments[low + 1].baseOffset : last.endOffset)
      return (found, true)
    }
    guard place.isInside else { throw outOfRange(offset) }
    return place.found
  }

  /// Nil if the segment has nothing at or after `wanted`, which then is the next segment's first offset.
  private func read(
    _ file: any LogFile, at start: Place, _ wanted: inout Int64, maxBytes: Int
  ) throws(HubError) -> RecordSlice? {
    var place = start
    guard let first = try seek(file, &place, &wanted) else { return nil }
    let room = Int(min(Int64(max(maxBytes, first.totalBytes)), place.visibleBytes - place.byte))
    let storage = ByteStorage(capacity: room)
    let count: Int
    do {
      count = try file.read(into: UnsafeMutableRawBufferPointer(start: storage.base, count: room), at: place.byte)
    } catch { throw HubError(error, position: position(place)) }
    var end = 0
    var next = place.offset
    while end < count {
      let here = place.byte + Int64(end)
      if place.skipped.contains(where: { $0.bytes.lowerBound == here }) { break }
      let rest = storage.bytes(end..<count)
      guard let header = BatchHeader(rest), header.baseOffset == next, header.leaderEpoch == 0,
        header.totalBytes <= rest.count,
        header.matchesChecksum(of: UnsafeRawBufferPointer(rebasing: rest[..<header.totalBytes]))
      else {
        // What is whole is given first; the next read begins here: at a batch that `maxBytes` cut, or at damage.
        if end > 0 { break }
        throw corrupt(place, byte: here, offset: next)
      }
      end += header.totalBytes
      next = header.endOffset
    }
    guard end > 0 else { throw corrupt(place, byte: place.byte, offset: place.offset) }
    return RecordSlice(
      partition: number, startOffset: wanted, nextOffset: next, count: Int(next - max(wanted, place.offset)),
      storage: storage, range: 0..<end)
  }

  /// Goes from an indexed batch to the one that holds `wanted`, by the headers between them.
  private func seek(_ file: any LogFile, _ place: inout Place, _ wanted: inout Int64) throws(HubError) -> BatchHeader? {
    var start = place
    while true {
      if let gap = place.skipped.first(where: { $0.bytes.lowerBound == place.byte && $0.offsets.lowerBound == place.offset }) {
        place.byte = gap.bytes.upperBound
        place.offset = gap.offsets.upperBound
        wanted = max(wanted, place.offset)
        start = place
      }
      if place.byte >= place.visibleBytes, place.offset == place.nextOffset {
        wanted = max(wanted, place.offset)
        return nil
      }
      guard let header = try header(file, at: place), header.baseOffset == place.offset, header.leaderEpoch == 0,
        place.byte + Int64(header.totalBytes) <= place.visibleBytes
      else { throw try firstDamage(file, from: start, to: place) }
      if header.endOffset > wanted { return header }
      place.byte += Int64(header.totalBytes)
      place.offset = header.endOffset
    }
  }

  /// A damaged header leads astray: the damage is where the first checksum fails, at or before the place that was reached.
  private func firstDamage(_ file: any LogFile, from start: Place, to end: Place) throws(HubError) -> HubError {
    var place = start
    do throws(FileSystemError) {
      var window = ScanWindow(file, fileBytes: end.visibleBytes)
      while place.byte < end.byte, let batch = try SegmentScanner.batch(in: &window, at: place.byte),
        batch.baseOffset == place.offset
      {
        place.byte += Int64(batch.totalBytes)
        place.offset = batch.endOffset
      }
    } catch { throw HubError(error, position: position(place)) }
    return corrupt(place, byte: place.byte, offset: place.offset)
  }

  private func header(_ file: any LogFile, at place: Place) throws(HubError) -> BatchHeader? {
    var result: Result<BatchHeader?, FileSystemError> = .success(nil)
    withUnsafeTemporaryAllocation(byteCount: BatchHeader.byteCount, alignment: 8) { target in
      result = Result { () throws(FileSystemError) in
        let count = try file.read(into: target, at: place.byte)
        return BatchHeader(UnsafeRawBufferPointer(rebasing: target[..<count]))
      }
    }
    do { return try result.get() } catch { throw HubError(error, position: position(place)) }
  }

  private func corrupt(_ place: Place, byte: Int64, offset: Int64) -> HubError {
    let position = LogPosition(partition: number, file: SegmentName.log(place.segmentBase), byte: byte, offset: offset)
    return HubError(.corrupt, "stored events are damaged; skipCorruption passes over them", position: position)
  }
}
