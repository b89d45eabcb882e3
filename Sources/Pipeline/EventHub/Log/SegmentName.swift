/// Kafka's names for segment files: the base offset in 20 digits.
enum SegmentName {
  static func log(_ baseOffset: Int64) -> String { digits(baseOffset) + ".log" }
  static func index(_ baseOffset: Int64) -> String { digits(baseOffset) + ".index" }

  static func baseOffset(ofLog name: String) -> Int64? {
    guard name.utf8.count == 24, name.hasSuffix(".log") else { return nil }
    return Int64(name.dropLast(4)).flatMap { $0 >= 0 ? $0 : nil }
  }

  private static func digits(_ number: Int64) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, 20 - text.utf8.count)) + text
  }
}
