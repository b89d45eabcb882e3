public import DuckDB
public import Foundation
internal import NIOCore

/// Users' SQL without a server: for `patientflow sql` when no process runs on the data folder. The same checks and limits.
public struct SQLShell: Sendable {
  private let reader: SQLReader

  public init(pool: ConnectionPool, configuration: ServingConfiguration) {
    reader = SQLReader(pool: pool, configuration: configuration)
  }

  /// Writes an answer of any length as text, piece by piece.
  /// - Parameters:
  ///   - maxRows: most rows; `nil` for all.
  ///   - write: takes some bytes; called on another thread, in order.
  /// - Throws: ``SQLShellError`` with what the caller has to change; what `write` throws. Something may have been written before that.
  public func write(
    _ sql: String, as format: SQLTextFormat, mayReadRestricted: Bool, maxRows: Int?, to write: @escaping @Sendable ([UInt8]) throws -> Void
  ) async throws {
    let text = SQLText(format: format, write: write)
    do {
      try await reader.write(sql, rights: mayReadRestricted ? [.sql, .restricted] : [.sql], rowLimit: maxRows, to: text)
    } catch let refusal as SQLRefusal {
      throw SQLShellError(description: "\(refusal.title): \(refusal.detail)")
    }
  }

  /// The answer as the JSON of `POST /api/v1/sql`.
  /// - Throws: ``SQLShellError`` with what the caller has to change.
  public func answer(_ sql: String, mayReadRestricted: Bool, maxRows: Int?) async throws -> Data {
    do {
      let outcome = try await reader.run(sql, rights: mayReadRestricted ? [.sql, .restricted] : [.sql], rowLimit: maxRows)
      return Data(SQLRoutes.json(outcome).readableBytesView)
    } catch let refusal as SQLRefusal {
      throw SQLShellError(description: "\(refusal.title): \(refusal.detail)")
    }
  }
}

/// Why a statement was refused.
public struct SQLShellError: Error, Sendable, CustomStringConvertible {
  public let description: String
}
