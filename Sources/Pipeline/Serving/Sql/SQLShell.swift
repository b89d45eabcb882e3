public import DuckDB
public import Foundation
internal import NIOCore

/// Users' SQL without a server: for `patientflow sql` when no process runs on the data folder. The same checks and limits.
public struct SQLShell: Sendable {
  private let reader: SQLReader

  public init(pool: ConnectionPool, configuration: ServingConfiguration) {
    reader = SQLReader(pool: pool, configuration: configuration)
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
