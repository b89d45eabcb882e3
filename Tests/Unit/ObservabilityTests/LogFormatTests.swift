import Foundation
import Logging
import Synchronization
import Testing

@testable import Observability

@Suite("Log lines")
struct LogFormatTests {
  private final class Lines: Sendable {
    private let text = Mutex("")
    func append(_ line: String) { text.withLock { $0 += line } }
    var all: [String] { text.withLock { $0 }.split(separator: "\n").map(String.init) }
  }

  /// Logs through a format and gives the lines.
  private func lines(_ format: LogFormat, _ body: (inout Logger) -> Void) -> [String] {
    let lines = Lines()
    var logger = Logger(label: "serving") { format.handler(label: $0, level: .info, output: LogOutput { lines.append($0) }) }
    body(&logger)
    return lines.all
  }

  private struct Failure: Error, CustomStringConvertible {
    var description: String { "adt[3]@18231: malformed" }
  }

  @Test("Text is one line with time, level, logger, sentence and fields in order")
  func text() throws {
    let lines = lines(.text) { logger in
      logger[metadataKey: "b"] = "own"
      logger.warning("Stored batch.", metadata: ["a": "two words", "last_offset": "41"])
      logger.debug("Not shown.")
    }
    #expect(lines.count == 1)
    let line = try #require(lines.first)
    #expect(line.wholeMatch(of: /\d\d:\d\d:\d\d\.\d\d\d warning serving: Stored batch\. a="two words" b=own last_offset=41/) != nil, "\(line)")
  }

  @Test("No message makes two lines of one, in either format", arguments: LogFormat.allCases)
  func injection(_ format: LogFormat) {
    let lines = lines(format) { $0.info("one\n12:00:00.000 error serving: forged", metadata: ["x": "a\r\nb"]) }
    #expect(lines.count == 1)
  }

  @Test("JSON is one object a line; a field cannot hide one of the line's own")
  func json() throws {
    let lines = lines(.json) { $0.error("Failed \"here\".", error: Failure(), metadata: ["level": "fake", "tab": "a\tb\u{1}"]) }
    let fields = try JSONDecoder().decode([String: String].self, from: Data(try #require(lines.first).utf8))
    #expect(fields["level"] == "error")
    #expect(fields["field_level"] == "fake")
    #expect(fields["logger"] == "serving")
    #expect(fields["message"] == "Failed \"here\".")
    #expect(fields["tab"] == "a\tb\u{1}")
    #expect(fields["error"] == "adt[3]@18231: malformed")
    #expect(fields["time"]?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
  }

  @Test("What a call gives wins over the logger, and that over the provider")
  func precedence() {
    let lines = Lines()
    var handler = TextLogHandler(label: "x", level: .info, output: LogOutput { lines.append($0) })
    handler.metadataProvider = Logger.MetadataProvider { ["k": "provider", "p": "provider"] }
    handler[metadataKey: "k"] = "own"
    let logger = Logger(label: "x") { _ in handler }
    logger.info("A.", metadata: ["k": "call"])
    logger.info("B.")
    #expect(lines.all.first?.hasSuffix("A. k=call p=provider") == true)
    #expect(lines.all.last?.hasSuffix("B. k=own p=provider") == true)
  }

  @Test("The time is written in UTC")
  func time() {
    #expect(LogTime(seconds: 1_772_461_925, milliseconds: 7).iso == "2026-03-02T14:32:05.007Z")
  }
}
