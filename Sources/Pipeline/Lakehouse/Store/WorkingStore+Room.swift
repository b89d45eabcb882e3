internal import Foundation

extension WorkingStore {
  /// Whether the disk has room to fold the write-ahead log.
  ///
  /// DuckDB gives the whole database up when a checkpoint finds the disk full, readers included; a commit that finds it full is only
  /// rolled back. So a fold that could fail is not begun: the log waits until there is room, and is replayed if the process ends.
  public var hasRoomToFold: Bool {
    let folder = configuration.directory + "/store"
    var file = stat()
    var disk = statvfs()
    // Without a log there is nothing to fold; where the disk can't be asked, folding is tried.
    guard stat(folder + "/patient-flow.duckdb.wal", &file) == 0, statvfs(folder, &disk) == 0 else { return true }
    let log = Int64(file.st_size)
    let free = Int64(clamping: UInt64(disk.f_bavail) * UInt64(disk.f_frsize))
    // The rows of the log, and blocks that they make DuckDB write anew.
    return free > log + log / 4 + (8 << 20)
  }
}
