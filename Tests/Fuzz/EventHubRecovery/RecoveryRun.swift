import CChecksum

/// What the fuzzer demands of every input.
enum RecoveryRun {
  /// A broken demand must stop the fuzzer, which is what a trap is for.
  static func demand(_ condition: Bool, _ what: StaticString) {
    if condition { return }
    print("BROKEN: \(what)")
    preconditionFailure()
  }

  static func succeeds(_ body: () throws -> Void) -> Bool {
    do { try body() } catch { return false }
    return true
  }

  private static func open(_ files: MemoryFileSystem) throws -> PartitionWriter {
    var recovery = PartitionRecovery(
      number: 0, directory: "p", files: files, segmentBytes: 1 << 20, indexInterval: 64, committed: 0)
    return try recovery.open()
  }

  static func check(_ files: MemoryFileSystem) {
    // Segments that overlap are refused; anything else opens.
    guard let writer = try? open(files) else { return }
    let before = readAll(writer)
    let end = writer.log.endOffset
    var builder = EventBatchBuilder(reservingBytes: 256)
    builder.append(key: nil, value: [7])
    builder.append(key: [1], value: [8])
    guard let batch = builder.finish() else { return }
    let appended = succeeds {
      _ = try writer.prepare(for: batch.byteCount)
      demand(try writer.write(batch, now: 5).lowerBound == end, "the next offset is the end")
      try writer.flush()
    }
    // Offsets near the end of the numbers leave no room for another segment or batch.
    guard appended else { return demand(end > 1 << 60, "a hub that opens takes events") }
    demand(readAll(writer).starts(with: before), "appending changes nothing before")
    demand(
      succeeds {
        let again = try open(files)
        demand(again.log.damage.isEmpty, "damage that was passed over stays so")
        demand(readAll(again).count == before.count + 2, "opening again finds the same")
      }, "a hub that was open opens again")
  }

  /// Reads everything, passing over damage. Records are told apart by offset and checksum of their value.
  private static func readAll(_ writer: PartitionWriter) -> [[UInt64]] {
    var records: [[UInt64]] = []
    var offset = writer.log.startOffset
    while offset < writer.log.endOffset {
      do {
        // One batch at a time, so that one with senseless records does not hide the next; and more, to see that it ends.
        let several = try writer.log.read(from: offset, maxBytes: 300)
        _ = succeeds { try several.forEach { touch($0.value) } }
        let slice = try writer.log.read(from: offset, maxBytes: 1)
        demand(slice.nextOffset > offset || slice.isEmpty, "reading goes on")
        demand(several.nextOffset >= slice.nextOffset, "more bytes give no fewer records")
        if slice.isEmpty { break }
        do {
          try slice.forEach { record in
            record.forEachHeader { name, value in
              touch(name); if let value { touch(value) }
            }
            records.append([UInt64(record.offset), UInt64(touch(record.value)), UInt64(record.key.map(touch) ?? 0)])
          }
        } catch {
          // A batch with the right checksum and senseless records: the rest is read on.
          demand((error as? HubError)?.code == .malformed || (error as? HubError)?.code == .unsupported, "a typed error")
        }
        offset = slice.nextOffset
      } catch {
        demand(error.code == .corrupt, "damage is a typed error")
        guard let place = error.position else { return demandFailed() }
        guard let gap = try? writer.skip(at: place.offset) else { return demandFailed() }
        demand(gap.offsets.upperBound > place.offset, "passing over goes on")
        offset = max(offset, gap.offsets.upperBound)
      }
    }
    return records
  }

  private static func demandFailed() -> [[UInt64]] {
    demand(false, "reported damage can be passed over")
    return []
  }

  @discardableResult
  private static func touch(_ bytes: UnsafeRawBufferPointer) -> UInt32 { pf_crc32c(0, bytes.baseAddress, bytes.count) }

  static func tryForeignBatch(_ bytes: UnsafeRawBufferPointer) {
    guard let batch = try? EventBatch(kafkaBatch: bytes) else { return }
    let files = MemoryFileSystem()
    guard let writer = try? open(files) else { return }
    demand(
      succeeds {
        _ = try writer.prepare(for: batch.byteCount)
        _ = try writer.write(batch, now: 5)
        try writer.flush()
      }, "a batch that was taken is written")
    demand(readAll(writer).count == batch.count, "a batch that was taken is read whole")
  }

  static func goodLog(_ base: Int64) -> [UInt8] {
    var bytes: [UInt8] = []
    for number in 0..<3 {
      var builder = EventBatchBuilder(reservingBytes: 256)
      builder.append(key: nil, value: [UInt8(number)])
      guard let batch = builder.finish() else { continue }
      var header = batch.header
      header.baseOffset = base + Int64(number)
      var head = [UInt8](repeating: 0, count: BatchHeader.byteCount)
      head.withUnsafeMutableBytes { header.seal(into: $0, records: batch.recordBytes) }
      bytes += head + Array(batch.recordBytes)
    }
    return bytes
  }

  /// Writes right checksums and offsets into what looks like batches, one after another.
  static func reseal(_ bytes: inout [UInt8]) {
    var start = 0
    var offset: Int64 = 0
    while start + BatchHeader.byteCount <= bytes.count {
      bytes[start + 16] = 2
      guard let header = bytes.withUnsafeBytes({ BatchHeader(UnsafeRawBufferPointer(rebasing: $0[start...])) }),
        start + header.totalBytes <= bytes.count
      else { return }
      bytes.withUnsafeMutableBytes { all in
        all.storeBytes(of: offset.bigEndian, toByteOffset: start, as: Int64.self)
        all.storeBytes(of: 0, toByteOffset: start + 12, as: UInt32.self)
        let covered = UnsafeRawBufferPointer(rebasing: all[start + 21..<start + header.totalBytes])
        all.storeBytes(of: pf_crc32c(0, covered.baseAddress, covered.count).bigEndian, toByteOffset: start + 17, as: UInt32.self)
      }
      offset += Int64(header.count)
      start += header.totalBytes
    }
  }
}
