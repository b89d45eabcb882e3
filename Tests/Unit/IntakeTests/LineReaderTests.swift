import Foundation
import Intake
import Testing

@Suite("Lines of a file")
struct LineReaderTests {
  private func lines(_ content: [UInt8]) throws -> [String] {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(content).write(to: file)
    let reader = try LineReader(path: file.path)
    var lines: [String] = []
    var hasMore = true
    while hasMore {
      hasMore = try reader.nextBlock { line in
        if case .bytes(let bytes) = line { lines.append(String(decoding: bytes, as: UTF8.self)) }
      }
    }
    return lines
  }

  private static let mark: [UInt8] = [0xef, 0xbb, 0xbf]

  @Test("A byte order mark before the first line is no part of it")
  func byteOrderMark() throws {
    #expect(try lines(Self.mark + Array("{}\r\n{ }\n".utf8)) == ["{}", "{ }"])
  }

  @Test("Further on it is a part of what was sent, and stays")
  func markElsewhere() throws {
    let found = try lines(Array("{}\n".utf8) + Self.mark + Array("{}\n".utf8))
    #expect(found.map { Array($0.utf8) } == [Array("{}".utf8), Self.mark + Array("{}".utf8)])
  }

  @Test("A file of a byte order mark alone has no lines")
  func markAlone() throws {
    #expect(try lines(Self.mark).isEmpty)
    #expect(try lines(Self.mark + [0x0d, 0x0a]).isEmpty)
  }
}
