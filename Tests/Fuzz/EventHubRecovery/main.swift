import CChecksum

/// Whatever bytes a segment holds, recovery and reading stay inside them, end, and lose nothing that is whole.
///
/// The last byte chooses what is tried: bit 0 writes right checksums into whatever looks like a batch, so that the code
/// behind the checksum is reached; bit 1 says that the segment was being written in bulk; bit 2 uses the bytes as the
/// small files beside a good log.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  var bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let choice = bytes.popLast() ?? 0
  if choice & 1 != 0 { RecoveryRun.reseal(&bytes) }
  bytes.withUnsafeBytes { RecoveryRun.tryForeignBatch($0) }
  let files = MemoryFileSystem()
  if choice & 4 == 0 {
    files.plant(bytes, at: "p/" + SegmentName.log(0))
  } else {
    for (base, name) in [(0, SegmentName.log(0)), (3, SegmentName.log(3))] as [(Int64, String)] {
      files.plant(RecoveryRun.goodLog(base), at: "p/" + name)
    }
    for name in [SegmentName.index(0), "checkpoint", "skipped"] { files.plant(bytes, at: "p/" + name) }
  }
  if choice & 2 != 0 {
    let checkpoint = Checkpoint(mode: .bulk, segment: Segment(baseOffset: 0, lastTimestamp: 0))
    RecoveryRun.demand(RecoveryRun.succeeds { try Checkpoint.file(in: "p", files).write(checkpoint.lines) }, "checkpoint")
  }
  RecoveryRun.check(files)
  return 0
}
