#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Where finished log lines go.
public struct LogOutput: Sendable {
  private let write: @Sendable (String) -> Void

  public init(_ write: @escaping @Sendable (String) -> Void) { self.write = write }

  func callAsFunction(_ line: String) { write(line) }

  /// Wipes the line that the cursor is in, as a status line that stays current does before it is drawn anew.
  public static let wipe = "\r\u{1B}[2K"

  private static let isTerminal = isatty(STDERR_FILENO) == 1

  /// Standard error. A line that cannot be written is lost: there is nowhere left to say so. On a terminal it takes the place of a
  /// status line, which comes again below it.
  public static let standardError = LogOutput { line in
    var bytes = Array(((isTerminal ? wipe : "") + line).utf8)
    bytes.withUnsafeMutableBytes { buffer in
      var rest = UnsafeRawBufferPointer(buffer)
      while rest.count > 0 {
        #if canImport(Glibc)
          let written = Glibc.write(STDERR_FILENO, rest.baseAddress, rest.count)
        #else
          let written = Darwin.write(STDERR_FILENO, rest.baseAddress, rest.count)
        #endif
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { return }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
      }
    }
  }
}
