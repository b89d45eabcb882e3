internal import Foundation

extension WorkingStore {
  /// Whether the disk has room to fold the write-ahead log.
  ///
  /// DuckDB gives the whole database up when a checkpoint finds the disk full, readers included; a commit that finds it full is only
  /// rolled back. So a fold that could fail is not begun: the log waits until there is room, and is replayed if the process ends.
  public var hasRoomToFold: Bool {
    var disk = statvfs()
    // Where the disk can't be asked, folding is tried.
    guard statvfs(configuration.directory + "/store", &disk) == 0 else { return true }
    let log = logBytes
    // Without a log there is nothing to fold.
    if log == 0 { return true }
    let free = Int64(clamping: UInt64(disk.f_bavail) * UInt64(disk.f_frsize))
    // The rows of the log, and blocks that they make DuckDB write anew.
    return free > log + log / 4 + (8 << 20)
  }

  /// Whether the log is so long that the engine would soon fold it by itself, in the middle of a commit: between batches, on request, the
  /// same took 1 to 5 s and not 10 to 12 (measured at 5,000 events a second, 250 MB of log).
  var logIsLong: Bool { logBytes > configuration.checkpointBytes / 4 * 3 }

  private var logBytes: Int64 {
    var file = stat()
    return stat(configuration.directory + "/store/patient-flow.duckdb.wal", &file) == 0 ? Int64(file.st_size) : 0
  }
}
