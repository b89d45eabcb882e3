import Glibc

/// Files in memory, for one run of the fuzzer on one thread.
///
/// `@unchecked Sendable`: a fuzzer's run is one thread.
final class MemoryFileSystem: LogFileSystem, @unchecked Sendable {
  final class Content { var bytes: [UInt8] = [] }

  private var files: [String: Content] = [:]

  func plant(_ bytes: [UInt8], at path: String) { content(path).bytes = bytes }

  private func content(_ path: String) -> Content {
    if let content = files[path] { return content }
    let content = Content()
    files[path] = content
    return content
  }

  func createDirectory(_ path: String) {}

  func list(_ path: String) -> [String] {
    files.keys.filter { $0.hasPrefix(path + "/") }.map { String($0.dropFirst(path.count + 1)) }
  }

  func exists(_ path: String) -> Bool { files[path] != nil }

  func openForReading(_ path: String) throws(FileSystemError) -> any LogFile {
    guard let content = files[path] else { throw FileSystemError(.open, ENOENT) }
    return MemoryFile(content)
  }

  func openForWriting(_ path: String, create: Bool) throws(FileSystemError) -> any LogFile {
    guard create || files[path] != nil else { throw FileSystemError(.open, ENOENT) }
    return MemoryFile(content(path))
  }

  func remove(_ path: String) { files[path] = nil }

  func rename(_ path: String, to target: String) throws(FileSystemError) {
    guard let content = files.removeValue(forKey: path) else { throw FileSystemError(.rename, ENOENT) }
    files[target] = content
  }

  func synchronizeDirectory(_ path: String) {}

  func lock(_ path: String) -> (any LogFile)? { MemoryFile(content(path)) }
}

/// `@unchecked Sendable`: as `MemoryFileSystem`.
final class MemoryFile: LogFile, @unchecked Sendable {
  private let content: MemoryFileSystem.Content

  init(_ content: MemoryFileSystem.Content) { self.content = content }

  func size() -> Int64 { Int64(content.bytes.count) }

  func read(into target: UnsafeMutableRawBufferPointer, at position: Int64) -> Int {
    let start = min(Int(position), content.bytes.count)
    let bytes = content.bytes[start..<min(start + target.count, content.bytes.count)]
    target.copyBytes(from: bytes)
    return bytes.count
  }

  func write(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, at position: Int64) {
    let bytes = Array(first) + Array(second)
    let end = Int(position) + bytes.count
    if content.bytes.count < end { content.bytes += Array(repeating: 0, count: end - content.bytes.count) }
    content.bytes.replaceSubrange(Int(position)..<end, with: bytes)
  }

  func synchronize() {}

  func truncate(to size: Int64) {
    let size = Int(size)
    if size < content.bytes.count { content.bytes.removeSubrange(size...) }
    if size > content.bytes.count { content.bytes += Array(repeating: 0, count: size - content.bytes.count) }
  }

  func dropCache() {}
  func close() {}
}
