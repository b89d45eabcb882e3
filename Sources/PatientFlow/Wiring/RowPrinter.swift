import Foundation
import Synchronization

/// Rows on their way to standard output: CSV as it comes, lines of JSON as one list.
final class RowPrinter: Sendable {
  private let rows: Mutex<JSONRows?>

  init(isJSON: Bool) { rows = Mutex(isJSON ? JSONRows() : nil) }

  func write(_ text: Data) throws {
    try FileHandle.standardOutput.write(contentsOf: rows.withLock { $0?.add(text) } ?? text)
  }

  func end() throws {
    if let end = rows.withLock({ $0?.end() }) { try FileHandle.standardOutput.write(contentsOf: end) }
  }
}
