/// An operation on a file failed. Says which and why; never a path, which may be private to the machine.
package struct FileSystemError: Error, Sendable, Hashable {
  package enum Operation: String, Sendable {
    case open, read, write, synchronize, truncate, size, list, create, remove, rename, lock
  }

  package var operation: Operation
  /// `errno`
  package var code: Int32

  package init(_ operation: Operation, _ code: Int32) {
    self.operation = operation
    self.code = code
  }
}
