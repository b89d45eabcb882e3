#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One file descriptor, which never leaves this file.
final class LocalFile: LogFile {
  private let descriptor: Int32

  init(_ path: String, flags: Int32) throws(FileSystemError) {
    descriptor = open(path, flags, 0o600)
    if descriptor < 0 { throw FileSystemError(.open, errno) }
  }

  // The descriptor is closed here and not by `close()`, so that no call can reach a number that was given away again.
  deinit { closeDescriptor(descriptor) }

  func close() { _ = flock(descriptor, LOCK_UN) }

  func tryLock() throws(FileSystemError) -> Bool {
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno == EWOULDBLOCK { return false }
      if errno != EINTR { throw FileSystemError(.lock, errno) }
    }
    return true
  }

  func size() throws(FileSystemError) -> Int64 {
    var status = stat()
    if fstat(descriptor, &status) != 0 { throw FileSystemError(.size, errno) }
    return Int64(status.st_size)
  }

  func read(into target: UnsafeMutableRawBufferPointer, at position: Int64) throws(FileSystemError) -> Int {
    var done = 0
    while done < target.count, let base = target.baseAddress {
      let count = pread(descriptor, base + done, target.count - done, off_t(position) + off_t(done))
      if count < 0 {
        if errno == EINTR { continue }
        throw FileSystemError(.read, errno)
      }
      if count == 0 { break }
      done += count
    }
    return done
  }

  func write(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, at position: Int64) throws(FileSystemError) {
    let total = first.count + second.count
    var done = 0
    while done < total {
      let head = UnsafeRawBufferPointer(rebasing: first[min(done, first.count)...])
      let tail = UnsafeRawBufferPointer(rebasing: second[max(done - first.count, 0)...])
      let count = Self.writeOnce(descriptor, head, tail, at: position + Int64(done))
      if count < 0 {
        if errno == EINTR { continue }
        throw FileSystemError(.write, errno)
      }
      // POSIX allows a write that takes nothing; going round for ever does not help anyone.
      if count == 0 { throw FileSystemError(.write, EIO) }
      done += count
    }
  }

  private static func writeOnce(
    _ descriptor: Int32, _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, at position: Int64
  ) -> Int {
    if second.isEmpty { return pwrite(descriptor, first.baseAddress, first.count, off_t(position)) }
    if first.isEmpty { return pwrite(descriptor, second.baseAddress, second.count, off_t(position)) }
    return withUnsafeTemporaryAllocation(of: iovec.self, capacity: 2) { parts in
      parts[0] = iovec(iov_base: UnsafeMutableRawPointer(mutating: first.baseAddress), iov_len: first.count)
      parts[1] = iovec(iov_base: UnsafeMutableRawPointer(mutating: second.baseAddress), iov_len: second.count)
      return pwritev(descriptor, parts.baseAddress, 2, off_t(position))
    }
  }

  func synchronize() throws(FileSystemError) {
    #if canImport(Darwin)
      // On Apple's systems fsync leaves the data in the drive's own memory.
      let result = fcntl(descriptor, F_FULLFSYNC)
    #else
      let result = fdatasync(descriptor)
    #endif
    if result != 0 { throw FileSystemError(.synchronize, errno) }
  }

  func truncate(to size: Int64) throws(FileSystemError) {
    while ftruncate(descriptor, off_t(size)) != 0 {
      if errno != EINTR { throw FileSystemError(.truncate, errno) }
    }
  }

  func dropCache() {
    #if !canImport(Darwin)
      _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
    #endif
  }
}

private func closeDescriptor(_ descriptor: Int32) { _ = close(descriptor) }
