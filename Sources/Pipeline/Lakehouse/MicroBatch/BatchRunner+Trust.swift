internal import DuckDB

extension BatchRunner {
  /// A transaction that found no memory may leave DuckDB 1.5's tables in disorder although it was rolled back: rows of one column beside
  /// those of another, and the next checkpoint would write that down (seen with 48 MB: movements of other journeys). What is in the file
  /// and in the log is right. So nothing more is written, and the store is opened anew.
  func judged(_ error: any Error) -> any Error {
    guard (error as? DuckDBError)?.isOutOfMemory == true else { return error }
    isSuspect = true
    return Self.noMemory
  }

  /// - Throws: ``LakehouseError`` `storeLost` after a transaction that found no memory.
  func trust() throws { if isSuspect { throw Self.noMemory } }

  private static var noMemory: LakehouseError {
    LakehouseError(.storeLost, "the store's engine finds no memory (lakehouse.memory_limit, lakehouse.bulk_memory_limit)")
  }
}
