/// What DuckDB refused, in its own words.
///
/// `message` is DuckDB's text. DuckDB quotes literals of the failing statement in some messages, so statements
/// that carry patient data pass it as parameters, which DuckDB never quotes; ``description`` adds nothing to it.
public struct DuckDBError: Error, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    case open, connect, prepare, bind, execute, append, interrupted, alreadyOpen, unsupportedType
  }

  /// Who has to act.
  public enum Blame: String, Sendable { case input, configuration, dependency, ourselves }

  public let code: Code
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { "DuckDB \(code.rawValue): \(message)" }

  public var blame: Blame {
    switch code {
    case .open, .connect: .configuration
    case .alreadyOpen, .bind, .append, .unsupportedType: .ourselves
    case .prepare, .execute: isOutOfSpace ? .dependency : .input
    case .interrupted: .input
    }
  }

  /// Whether the same call can succeed later without anyone changing it.
  public var isRetryable: Bool { isOutOfSpace }

  /// DuckDB gave the database up, as after a checkpoint that found no room: every later call fails until the file is opened anew.
  public var isFatal: Bool { message.hasPrefix("FATAL Error") || message.contains("database has been invalidated") }

  /// The memory limit stopped the statement, and not a full disk that memory could have been spilled to.
  public var isOutOfMemory: Bool {
    (message.contains("failed to pin block") || message.contains("could not allocate block")) && !message.contains("max_temp_directory_size")
  }

  /// The disk or the memory limit stopped the statement.
  public var isOutOfSpace: Bool {
    message.contains("No space left") || message.contains("Out of Memory") || message.contains("could not allocate")
      || message.contains("Could not write all bytes") || message.contains("max_temp_directory_size")
  }
}
