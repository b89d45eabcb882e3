#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The operating system's files.
package struct LocalFileSystem: LogFileSystem {
  package init() {}

  package func createDirectory(_ path: String) throws(FileSystemError) {
    var parent = path.hasPrefix("/") ? "/" : "."
    for part in path.split(separator: "/") {
      let directory = parent + "/" + part
      if mkdir(directory, 0o700) == 0 {
        // Else a crash could lose the directory with everything that was acknowledged in it.
        try synchronizeDirectory(parent)
      } else if errno != EEXIST {
        throw FileSystemError(.create, errno)
      }
      parent = directory
    }
  }

  package func list(_ path: String) throws(FileSystemError) -> [String] {
    guard let directory = opendir(path) else { throw FileSystemError(.list, errno) }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  package func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  package func openForReading(_ path: String) throws(FileSystemError) -> any LogFile {
    try LocalFile(path, flags: O_RDONLY | O_CLOEXEC)
  }

  package func openForWriting(_ path: String, create: Bool) throws(FileSystemError) -> any LogFile {
    try LocalFile(path, flags: O_RDWR | O_CLOEXEC | (create ? O_CREAT : 0))
  }

  package func remove(_ path: String) throws(FileSystemError) {
    if unlink(path) != 0, errno != ENOENT { throw FileSystemError(.remove, errno) }
  }

  package func rename(_ path: String, to target: String) throws(FileSystemError) {
    #if canImport(Glibc)
      let result = Glibc.rename(path, target)
    #elseif canImport(Musl)
      let result = Musl.rename(path, target)
    #else
      let result = Darwin.rename(path, target)
    #endif
    if result != 0 { throw FileSystemError(.rename, errno) }
  }

  package func synchronizeDirectory(_ path: String) throws(FileSystemError) {
    let directory = open(path, O_RDONLY | O_CLOEXEC)
    guard directory >= 0 else { throw FileSystemError(.open, errno) }
    defer { _ = close(directory) }
    if fsync(directory) != 0 { throw FileSystemError(.synchronize, errno) }
  }

  package func lock(_ path: String) throws(FileSystemError) -> (any LogFile)? {
    let file = try LocalFile(path, flags: O_RDWR | O_CREAT | O_CLOEXEC)
    return try file.tryLock() ? file : nil
  }
}
