/// A stretch of the log that has no readable records: which bytes of which segment, and which offsets they held.
struct Gap: Sendable, Hashable {
  var segmentBase: Int64
  var bytes: Range<Int64>
  var offsets: Range<Int64>

  func position(partition: Int) -> LogPosition {
    LogPosition(
      partition: partition, file: SegmentName.log(segmentBase), byte: bytes.lowerBound, offset: offsets.lowerBound)
  }

  /// The gaps that someone decided to pass over; durable, because the decision is.
  static func skippedFile(in directory: String, _ files: any LogFileSystem) -> StateFile {
    StateFile(files: files, directory: directory, name: "skipped", title: "patientflow-hub-skipped 1")
  }

  var line: String {
    "\(segmentBase) \(bytes.lowerBound) \(bytes.upperBound) \(offsets.lowerBound) \(offsets.upperBound)"
  }

  init(segmentBase: Int64, bytes: Range<Int64>, offsets: Range<Int64>) {
    self.segmentBase = segmentBase
    self.bytes = bytes
    self.offsets = offsets
  }

  init?(line: String) {
    let numbers = line.split(separator: " ").compactMap { Int64($0) }
    guard numbers.count == 5, numbers[1] <= numbers[2], numbers[3] <= numbers[4] else { return nil }
    self.init(segmentBase: numbers[0], bytes: numbers[1]..<numbers[2], offsets: numbers[3]..<numbers[4])
  }
}
