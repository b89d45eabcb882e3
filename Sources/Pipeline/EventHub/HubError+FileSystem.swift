#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension HubError {
  /// Sorts an error of the file system: no room, a failed flush, or any other.
  init(_ error: FileSystemError, position: LogPosition? = nil) {
    switch (error.operation, error.code) {
    case (_, ENOSPC), (_, EDQUOT):
      self.init(.diskFull, "no room on the disk", position: position, systemError: error.code)
    case (.synchronize, _):
      self.init(.syncFailed, "the disk did not confirm a write", position: position, systemError: error.code)
    default:
      self.init(.inputOutput, "file operation \(error.operation.rawValue) failed", position: position, systemError: error.code)
    }
  }
}
