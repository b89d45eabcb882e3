/// Where the working store lies and what it may use.
public struct StoreConfiguration: Sendable {
  /// The data folder; the store is `store/patient-flow.duckdb` in it.
  public var directory: String
  /// DuckDB's memory; above it DuckDB spills to `store/temporary`.
  public var memoryLimit = "256MB"
  /// The same while a large batch, a backlog or a rebuild runs: a part of a backlog fills row groups of seven tables.
  public var bulkMemoryLimit = "448MB"
  /// Threads of large batches; small ones run on one.
  public var threads = 2
  /// Write-ahead log size, in bytes, at which DuckDB checkpoints by itself; the lakehouse does it at three quarters of that.
  public var checkpointBytes: Int64 = 256_000_000
  /// Whether this store is fed by the simulator; a store is one or the other for life.
  public var isSimulated = false
  /// Closed encounters stay in the hot tables for this long, in hours, so that the live views never read history.
  public var hotHours = 72

  public init(directory: String) { self.directory = directory }
}
