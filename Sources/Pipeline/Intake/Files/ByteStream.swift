internal import CDispatch
internal import CZlib
internal import Foundation

/// The bytes of a file, unpacked if it is gzip (RFC 1952; several members in a row too).
final class ByteStream {
  private let descriptor: Int32
  private let isPacked: Bool
  private var stream = z_stream()
  private var packed: [UInt8] = []
  private var isAtEnd = false
  private var hasOpenMember = false
  /// Bytes read from the file so far, packed ones where it is packed.
  private(set) var position: Int64 = 0
  let size: Int64

  init(path: String) throws(FileIntakeError) {
    descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { throw FileIntakeError(path, String(cString: strerror(errno))) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
      close(descriptor)
      throw FileIntakeError(path, "is not a file")
    }
    size = Int64(status.st_size)
    var magic: [UInt8] = [0, 0]
    isPacked = pread(descriptor, &magic, 2, 0) == 2 && magic == [0x1f, 0x8b]
    if isPacked { packed = [UInt8](repeating: 0, count: 1 << 18) }
  }

  deinit {
    if hasOpenMember { inflateEnd(&stream) }
    close(descriptor)
  }

  /// Fills `target` from `start` on; 0 at the end of the file.
  func read(into target: inout [UInt8], from start: Int) throws(FileIntakeError) -> Int {
    let room = target.count - start
    if !isPacked { return try fill(&target, start, room) }
    while true {
      if stream.avail_in == 0, !isAtEnd {
        let count = try fill(&packed, 0, packed.count)
        isAtEnd = count == 0
        stream.avail_in = UInt32(count)
      }
      if !hasOpenMember {
        if stream.avail_in == 0 { return 0 }
        // 16 more than the largest window: a gzip header is expected.
        guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
          throw FileIntakeError("", "no memory to unpack")
        }
        hasOpenMember = true
      }
      let (produced, status) = step(&target, start, room)
      if status == Z_STREAM_END {
        inflateEnd(&stream)
        hasOpenMember = false
      } else if status != Z_OK, status != Z_BUF_ERROR {
        throw FileIntakeError("", "the gzip data is damaged after byte \(position - Int64(stream.avail_in))")
      }
      if produced > 0 { return produced }
      if isAtEnd, stream.avail_in == 0 {
        guard !hasOpenMember else { throw FileIntakeError("", "the gzip data ends in the middle") }
        return 0
      }
    }
  }

  private func step(_ target: inout [UInt8], _ start: Int, _ room: Int) -> (produced: Int, status: Int32) {
    packed.withUnsafeMutableBufferPointer { source in
      target.withUnsafeMutableBufferPointer { target in
        // What is left of the packed bytes lies at the end of what was read last.
        stream.next_in = source.baseAddress.map { $0 + (lastCount - Int(stream.avail_in)) }
        stream.next_out = target.baseAddress.map { $0 + start }
        stream.avail_out = UInt32(room)
        let status = inflate(&stream, Z_NO_FLUSH)
        return (room - Int(stream.avail_out), status)
      }
    }
  }

  private var lastCount = 0

  private func fill(_ target: inout [UInt8], _ start: Int, _ room: Int) throws(FileIntakeError) -> Int {
    let count = target.withUnsafeMutableBytes { bytes in
      while true {
        let count = Foundation.read(descriptor, bytes.baseAddress.map { $0 + start }, room)
        if count < 0, errno == EINTR { continue }
        return count
      }
    }
    guard count >= 0 else { throw FileIntakeError("", String(cString: strerror(errno))) }
    position += Int64(count)
    lastCount = count
    return count
  }
}
