internal import CZlib
internal import NIOCore

/// The gzip format, of a whole body at once.
enum Gzip {
  /// Quick rather than small: an answer is packed anew for each reader.
  private static let level: Int32 = 4

  /// - Returns: `nil` if zlib has no memory; the body then goes as it is.
  static func pack(_ body: ByteBuffer) -> ByteBuffer? {
    var stream = z_stream()
    // 16 more than the largest window: a gzip header and trailer instead of zlib's.
    guard
      deflateInit2_(&stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return nil }
    defer { deflateEnd(&stream) }
    let bound = Int(deflateBound(&stream, UInt(body.readableBytes)))
    var packed = ByteBuffer()
    packed.reserveCapacity(bound)
    var isWhole = false
    packed.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) { target in
      body.withUnsafeReadableBytes { source in
        // zlib does not write to its input; its declaration only lacks the word.
        stream.next_in = UnsafeMutablePointer(mutating: source.bindMemory(to: UInt8.self).baseAddress)
        stream.avail_in = UInt32(source.count)
        stream.next_out = target.bindMemory(to: UInt8.self).baseAddress
        stream.avail_out = UInt32(target.count)
        isWhole = deflate(&stream, Z_FINISH) == Z_STREAM_END
        return target.count - Int(stream.avail_out)
      }
    }
    return isWhole ? packed : nil
  }
}
