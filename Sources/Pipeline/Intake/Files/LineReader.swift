internal import Foundation

/// The lines of a file of events, one JSON object a line (NDJSON; plain or gzip).
///
/// Lines end in LF or CR LF; empty ones are passed over, and so is the byte order mark that some programs put before the first. A line over `maximumLength` is not held: what is told of it
/// is its number and the SHA-256 of its bytes.
public final class LineReader {
  public enum Line {
    /// Valid only during the call that hands it over.
    case bytes(UnsafeRawBufferPointer)
    case tooLong(number: Int, length: Int, sha256: String)
  }

  /// U+FEFF in UTF-8.
  private static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]

  private let stream: ByteStream
  private let path: String
  private let maximumLength: Int
  private var buffer: [UInt8]
  private var used = 0
  private var skipping: LongLine?
  public private(set) var lineNumber = 0

  public init(path: String, maximumLength: Int = 1_048_576) throws(FileIntakeError) {
    stream = try ByteStream(path: path)
    self.path = path
    self.maximumLength = maximumLength
    buffer = [UInt8](repeating: 0, count: max(4 << 20, maximumLength * 2 + 2))
  }

  /// Bytes of the file that were read, and all of them; for a progress bar.
  public var progress: (done: Int64, all: Int64) { (stream.position, stream.size) }

  /// Reads a block of the file and hands its whole lines to `body`.
  /// - Returns: false at the end of the file.
  public func nextBlock(_ body: (Line) throws -> Void) throws -> Bool {
    let count: Int
    do { count = try stream.read(into: &buffer, from: used) } catch { throw error.at(path) }
    let end = used + count
    var start = 0
    try buffer.withUnsafeBytes { bytes in
      while start < end, let base = bytes.baseAddress, let found = memchr(base + start, 0x0a, end - start) {
        let stop = UnsafeRawPointer(found) - base
        try hand(UnsafeRawBufferPointer(rebasing: bytes[start..<stop]), body)
        start = stop + 1
      }
    }
    if count == 0 {
      if start < end || skipping != nil {
        try buffer.withUnsafeBytes { try hand(UnsafeRawBufferPointer(rebasing: $0[start..<end]), body) }
      }
      return false
    }
    used = end - start
    if used > maximumLength + 1 {
      // The line is longer than an event may be: only its hash goes on.
      buffer.withUnsafeBytes { bytes in
        skipping = skipping ?? LongLine()
        skipping?.add(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
      }
      used = 0
    } else if start > 0, used > 0 {
      buffer.withUnsafeMutableBytes { bytes in
        if let base = bytes.baseAddress { memmove(base, base + start, used) }
      }
    }
    return true
  }

  private func hand(_ line: UnsafeRawBufferPointer, _ body: (Line) throws -> Void) throws {
    lineNumber += 1
    if var long = skipping {
      long.add(line)
      skipping = nil
      try body(.tooLong(number: lineNumber, length: long.length, sha256: long.digest))
      return
    }
    let marked = lineNumber == 1 && line.starts(with: Self.byteOrderMark)
    let plain = marked ? UnsafeRawBufferPointer(rebasing: line.dropFirst(Self.byteOrderMark.count)) : line
    let trimmed = plain.last == 0x0d ? UnsafeRawBufferPointer(rebasing: plain.dropLast()) : plain
    if trimmed.isEmpty { return }
    if trimmed.count > maximumLength {
      var long = LongLine()
      long.add(line)
      try body(.tooLong(number: lineNumber, length: long.length, sha256: long.digest))
    } else {
      try body(.bytes(trimmed))
    }
  }
}
