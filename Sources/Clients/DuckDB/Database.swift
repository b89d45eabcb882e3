internal import CDuckDB
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#endif

/// One DuckDB database: a file, or memory.
///
/// A file is opened at most once in this process: DuckDB lets a second handle in without a word, and closing either
/// one then drops the file's lock for both (POSIX locks belong to the process). So a second open is an error here.
public final class Database: @unchecked Sendable {
  // The handle is set once in init and destroyed once in deinit; DuckDB's database object is thread-safe.
  private let handle: duckdb_database
  private let registeredPath: String?

  private static let openPaths = Mutex<Set<String>>([])

  /// The version of the library that was found at run time, such as `v1.5.5`.
  public static var libraryVersion: String { String(cString: duckdb_library_version()) }

  /// Lets this process keep memory that is freed, once at its start.
  ///
  /// DuckDB takes and returns blocks of a quarter megabyte for every operator; handed back to the system each time, a
  /// small batch spends a third of its time on page faults.
  public static func keepFreedMemory() { cduckdb_keep_freed_memory() }

  /// Opens a database.
  /// - Parameters:
  ///   - path: the file, made if it is missing; `nil` for a database in memory.
  ///   - configuration: DuckDB settings by name, such as `["memory_limit": "400MB"]`.
  /// - Throws: ``DuckDBError`` with `alreadyOpen` if this process has the file open, `open` if DuckDB refuses
  ///   (another process holds the file, or it is not a database).
  public init(path: String?, configuration: [String: String] = [:]) throws(DuckDBError) {
    var config: duckdb_config?
    guard duckdb_create_config(&config) == DuckDBSuccess else { throw DuckDBError(.open, "no memory for the configuration") }
    defer { duckdb_destroy_config(&config) }
    let defaults = ["autoinstall_known_extensions": "false", "autoload_known_extensions": "false"]
    for (name, value) in defaults.merging(configuration, uniquingKeysWith: { $1 }) {
      guard duckdb_set_config(config, name, value) == DuckDBSuccess else {
        throw DuckDBError(.open, "setting \(name) is unknown or its value is refused")
      }
    }
    let canonical = path.map(Self.canonicalPath)
    if let canonical, !Self.openPaths.withLock({ $0.insert(canonical).inserted }) {
      throw DuckDBError(.alreadyOpen, "this process has the file open already; use the one Database it belongs to")
    }
    var opened: duckdb_database?
    var message: UnsafeMutablePointer<CChar>?
    guard duckdb_open_ext(path, &opened, config, &message) == DuckDBSuccess, let opened else {
      let text = message.map { String(cString: $0) } ?? "unknown reason"
      if let message { duckdb_free(message) }
      if let canonical { _ = Self.openPaths.withLock { $0.remove(canonical) } }
      throw DuckDBError(.open, text)
    }
    handle = opened
    registeredPath = canonical
  }

  deinit {
    var handle: duckdb_database? = handle
    duckdb_close(&handle)
    if let registeredPath { _ = Self.openPaths.withLock { $0.remove(registeredPath) } }
  }

  /// A new connection. It is used by one thread at a time; ``Connection`` says how.
  public func connect() throws(DuckDBError) -> Connection {
    var connection: duckdb_connection?
    guard duckdb_connect(handle, &connection) == DuckDBSuccess, let connection else {
      throw DuckDBError(.connect, "no connection could be made")
    }
    return Connection(handle: connection, database: self)
  }

  /// The path without links in its folder, so that two spellings of one file are seen to be one.
  private static func canonicalPath(_ path: String) -> String {
    let split = path.lastIndex(of: "/")
    let folder = split.map { String(path[..<$0]) } ?? "."
    let name = split.map { String(path[path.index(after: $0)...]) } ?? path
    guard let real = realpath(folder.isEmpty ? "/" : folder, nil) else { return path }
    defer { free(real) }
    return String(cString: real) + "/" + name
  }
}
