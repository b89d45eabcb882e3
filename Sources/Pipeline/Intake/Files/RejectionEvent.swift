internal import Foundation

/// The event that takes the place of a line which can't become one: the pipeline quarantines it, so that nothing is
/// dropped without a trace.
public enum RejectionEvent {
  /// - Parameter file: its name without folders, which may be named for people.
  public static func tooLarge(file: String, line: Int, length: Int, sha256: String) -> [UInt8] {
    struct Body: Encodable {
      let type = "rejected"
      let reason = "too_large"
      let file: String
      let line: Int
      let length: Int
      let sha256: String
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let body = Body(file: String(file.split(separator: "/").last ?? ""), line: line, length: length, sha256: sha256)
    // Text and numbers always encode.
    return (try? Array(encoder.encode(body))) ?? Array(#"{"type":"rejected","reason":"too_large"}"#.utf8)
  }
}
