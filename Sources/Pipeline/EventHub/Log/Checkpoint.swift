/// How far a partition is known to be on the disk, and how it was written from there. It tells recovery a torn tail,
/// which was never acknowledged and is cut, from damage to acknowledged records, which is reported.
struct Checkpoint: Sendable, Hashable {
  enum Mode: String, Sendable {
    /// From here on one batch at a time was written and confirmed, so a hole before a whole batch is damage.
    case open
    /// From here on many batches were written before one confirmation. After a crash any of them may be missing, so
    /// the log is cut at the first hole; nothing after it was acknowledged.
    case bulk
    /// The partition was closed in order: it ends here.
    case closed
  }

  var mode: Mode
  var segmentBase: Int64
  var byte: Int64
  var endOffset: Int64

  static func file(in directory: String, _ files: any LogFileSystem) -> StateFile {
    StateFile(files: files, directory: directory, name: "checkpoint", title: "patientflow-hub-checkpoint 1")
  }

  var lines: [String] { ["\(mode.rawValue) \(segmentBase) \(byte) \(endOffset)"] }

  init(mode: Mode, segment: Segment) {
    self.mode = mode
    segmentBase = segment.baseOffset
    byte = segment.byteCount
    endOffset = segment.endOffset
  }

  init?(lines: [String]) {
    let fields = lines.first?.split(separator: " ") ?? []
    guard fields.count == 4, let mode = Mode(rawValue: String(fields[0])), let base = Int64(fields[1]),
      let byte = Int64(fields[2]), let end = Int64(fields[3])
    else { return nil }
    self.mode = mode
    segmentBase = base
    self.byte = byte
    endOffset = end
  }
}
