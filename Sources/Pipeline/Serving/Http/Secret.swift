/// A token or key. It never shows in descriptions, and comparing takes the same time for every wrong guess.
public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
  private let bytes: [UInt8]

  public init(_ text: String) { bytes = Array(text.utf8) }

  public var description: String { "‹secret›" }
  public var debugDescription: String { description }
  public var isEmpty: Bool { bytes.isEmpty }

  func matches(_ offered: String) -> Bool {
    let offered = Array(offered.utf8)
    var difference = offered.count ^ bytes.count
    for (index, byte) in bytes.enumerated() { difference |= Int(byte ^ (index < offered.count ? offered[index] : ~byte)) }
    return difference == 0 && !bytes.isEmpty
  }
}
