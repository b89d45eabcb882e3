/// What went wrong between hub and gold, who has to act and whether trying again can help.
///
/// The text names files, tables, models and positions, never an event's content.
public struct LakehouseError: Error, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// A setting, schema file or model is wrong.
    case configuration
    /// The store belongs to another key, another kind of feed, or a newer version.
    case refused
    /// DuckDB failed.
    case engine
    /// The engine gave the store up; it goes on when the store is opened anew.
    case storeLost
    /// Disk or memory is used up.
    case outOfSpace
    /// The hub could not be read.
    case hub
    /// What must not happen.
    case ourselves
  }

  public enum Blame: String, Sendable { case input, configuration, dependency, ourselves }

  public let code: Code
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }

  public var blame: Blame {
    switch code {
    case .configuration, .refused: .configuration
    case .outOfSpace, .storeLost, .hub: .dependency
    case .engine, .ourselves: .ourselves
    }
  }

  public var isRetryable: Bool { code == .outOfSpace || code == .hub }
}
