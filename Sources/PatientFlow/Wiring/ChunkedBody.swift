import Foundation

/// Takes the chunked coding off an HTTP body (RFC 9112, 7.1) while it comes.
struct ChunkedBody {
  private enum Place { case size, data(Int), afterData, trailers, end }

  private var place = Place.size
  private var line: [UInt8] = []
  /// Header fields after the last chunk, by lower-case name.
  private(set) var trailers: [String: String] = [:]
  /// Whether the last chunk and its trailers have come; a body that ends without is a part of one.
  var isWhole: Bool { if case .end = place { true } else { false } }

  /// - Parameter body: given the plain bytes, in order.
  mutating func take(_ bytes: Data, _ body: (Data) throws -> Void) throws {
    var rest = bytes[...]
    while let byte = rest.first {
      if case .data(let left) = place {
        let piece = rest.prefix(left)
        rest = rest.dropFirst(piece.count)
        place = piece.count == left ? .afterData : .data(left - piece.count)
        try body(piece)
        continue
      }
      rest = rest.dropFirst()
      if byte != UInt8(ascii: "\n") {
        line.append(byte)
        continue
      }
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      try end(String(decoding: line, as: UTF8.self))
      line.removeAll(keepingCapacity: true)
    }
  }

  private mutating func end(_ line: String) throws {
    switch place {
    case .size:
      guard let size = line.split(separator: ";").first.flatMap({ Int($0.filter { $0 != " " }, radix: 16) }), size >= 0 else {
        throw CommandError(.failure, "the running process gave no readable HTTP answer")
      }
      place = size == 0 ? .trailers : .data(size)
    case .afterData: place = .size
    case .trailers:
      if line.isEmpty {
        place = .end
      } else if let colon = line.firstIndex(of: ":") {
        trailers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      }
    case .data, .end: break
    }
  }
}
