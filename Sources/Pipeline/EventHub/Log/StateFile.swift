import CChecksum

/// A small text file that is replaced as a whole or not at all, and that knows when it is damaged.
struct StateFile: Sendable {
  let files: any LogFileSystem
  let directory: String
  let name: String
  /// The first line: what the file is, and the version of its format.
  let title: String

  /// The lines after the title; nil if there is no file. Throws ``HubError/Code/corrupt`` if it is not as written.
  func read() throws(HubError) -> [String]? {
    let path = directory + "/" + name
    guard files.exists(path) else { return nil }
    let bytes: [UInt8]
    do { bytes = try Self.contents(path, files) } catch { throw HubError(error) }
    let damaged = HubError(.corrupt, "the file \(name) is damaged")
    guard let text = String(validating: bytes, as: UTF8.self), text.hasSuffix("\n") else { throw damaged }
    var lines = text.dropLast().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.count >= 2, let last = lines.popLast() else { throw damaged }
    let body = lines.joined(separator: "\n") + "\n"
    guard last == Self.checksumLine(body), lines.first == title else { throw damaged }
    return Array(lines.dropFirst())
  }

  /// Replaces the file; returns when the new one is durable.
  func write(_ lines: [String]) throws(HubError) {
    let body = ([title] + lines).joined(separator: "\n") + "\n"
    let bytes = Array((body + Self.checksumLine(body) + "\n").utf8)
    let path = directory + "/" + name
    do {
      let file = try files.openForWriting(path + ".new", create: true)
      defer { file.close() }
      try file.truncate(to: 0)
      try Self.write(bytes, to: file)
      try file.synchronize()
      try files.rename(path + ".new", to: path)
      try files.synchronizeDirectory(directory)
    } catch {
      throw HubError(error)
    }
  }

  static func write(_ bytes: [UInt8], to file: any LogFile) throws(FileSystemError) {
    var failure: FileSystemError?
    bytes.withUnsafeBytes { content in
      do throws(FileSystemError) { try file.write(content, at: 0) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  static func contents(_ path: String, _ files: any LogFileSystem) throws(FileSystemError) -> [UInt8] {
    let file = try files.openForReading(path)
    defer { file.close() }
    let storage = ByteStorage(capacity: Int(try file.size()))
    let count = try file.read(into: UnsafeMutableRawBufferPointer(start: storage.base, count: storage.capacity), at: 0)
    return Array(storage.bytes(0..<count))
  }

  private static func checksumLine(_ body: String) -> String {
    var body = body
    let checksum = body.withUTF8 { pf_crc32c(0, $0.baseAddress, $0.count) }
    return "crc32c " + String(checksum, radix: 16)
  }
}
