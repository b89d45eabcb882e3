/// A file that can't be taken in, and why.
public struct FileIntakeError: Error, Sendable, CustomStringConvertible {
  public let path: String
  public let reason: String

  init(_ path: String, _ reason: String) {
    self.path = path
    self.reason = reason
  }

  func at(_ path: String) -> FileIntakeError { self.path.isEmpty ? FileIntakeError(path, reason) : self }

  public var description: String { "can't take in \(path): \(reason)" }
}
