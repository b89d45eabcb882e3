/// An error of the command line: what, and what to do next.
struct CommandError: Error, CustomStringConvertible {
  enum Code: Sendable {
    /// The caller's words are off: exit 64.
    case usage
    /// The work failed: exit 1.
    case failure
  }

  let code: Code
  let description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}
