/// What the log needs from a file system, and no more: so that tests can stand in one that fails and crashes.
package protocol LogFileSystem: Sendable {
  /// Makes the directory and its parents; it is no error if it is there.
  func createDirectory(_ path: String) throws(FileSystemError)
  /// The names in a directory, in any order.
  func list(_ path: String) throws(FileSystemError) -> [String]
  func exists(_ path: String) -> Bool
  /// Opens an existing file for reading.
  func openForReading(_ path: String) throws(FileSystemError) -> any LogFile
  /// Opens a file for reading and writing; makes it if asked and it is missing.
  func openForWriting(_ path: String, create: Bool) throws(FileSystemError) -> any LogFile
  func remove(_ path: String) throws(FileSystemError)
  func rename(_ path: String, to target: String) throws(FileSystemError)
  /// Makes names that were created, renamed or removed in the directory durable.
  func synchronizeDirectory(_ path: String) throws(FileSystemError)
  /// Takes an exclusive lock on a file, made if missing; nil if another holds it. Closing the file lets it go.
  func lock(_ path: String) throws(FileSystemError) -> (any LogFile)?
}

/// An open file. Not to be used by two callers at once, except for reading.
package protocol LogFile: AnyObject, Sendable {
  func size() throws(FileSystemError) -> Int64
  /// Reads up to `target.count` bytes; fewer only at the end of the file.
  func read(into target: UnsafeMutableRawBufferPointer, at position: Int64) throws(FileSystemError) -> Int
  /// Writes both pieces one after the other. Throws if not all could be written; what was written by then may remain.
  func write(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, at position: Int64) throws(FileSystemError)
  /// Returns when everything written is on the disk.
  func synchronize() throws(FileSystemError)
  func truncate(to size: Int64) throws(FileSystemError)
  /// Forgets unwritten-to pages held in memory, so that the next read asks the disk.
  func dropCache()
  func close()
}

extension LogFile {
  func write(_ bytes: UnsafeRawBufferPointer, at position: Int64) throws(FileSystemError) {
    try write(bytes, UnsafeRawBufferPointer(start: nil, count: 0), at: position)
  }
}
