import Foundation
import Yams

/// What is wrong with a network file that could not be read, in one sentence with its place.
struct NetworkFileFault {
  private let hospitals: [Any]

  /// - Parameter text: the file, to call hospitals and departments by their names.
  init(_ text: String) {
    // A file that is no YAML has no names either.
    hospitals = ((try? Yams.load(yaml: text)) as? [String: Any])?["hospitals"] as? [Any] ?? []
  }

  func sentence(_ error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, let context): "\(place(context.codingPath))\(key.stringValue) is missing"
    case DecodingError.valueNotFound(_, let context): "\(place(context.codingPath.dropLast()))\(name(context.codingPath)) is empty"
    case DecodingError.typeMismatch(let type, let context):
      "\(place(context.codingPath.dropLast()))\(name(context.codingPath)) must be \(Self.word(type))"
    case DecodingError.dataCorrupted(let context):
      if let reason = context.underlyingError {
        "the file is not YAML: \("\(reason)".split(separator: "\n").first ?? "")"
      } else {
        "\(place(context.codingPath.dropLast()))\(name(context.codingPath)) is not readable"
      }
    default: "\(error)"
    }
  }

  /// `hospital 3, department 'ICU': `, as far as the path goes into the file.
  private func place(_ path: some Collection<any CodingKey>) -> String {
    let positions = path.compactMap(\.intValue)
    guard let first = positions.first else { return "" }
    let hospital = hospitals.indices.contains(first) ? hospitals[first] as? [String: Any] : nil
    var text = (hospital?["id"] as? Int).map { "hospital \($0)" } ?? "hospital number \(first + 1)"
    if let second = positions.dropFirst().first {
      let departments = hospital?["departments"] as? [Any] ?? []
      let department = departments.indices.contains(second) ? departments[second] as? [String: Any] : nil
      text += ", department " + ((department?["name"] as? String).map { "'\($0)'" } ?? "number \(second + 1)")
    }
    return text + ": "
  }

  private func name(_ path: [any CodingKey]) -> String {
    guard let last = path.last, last.intValue == nil else { return "it" }
    return last.stringValue
  }

  private static func word(_ type: any Any.Type) -> String {
    switch type {
    case is Int.Type: "a whole number"
    case is String.Type: "a text"
    case is Bool.Type: "true or false"
    case is any Collection.Type: "a list"
    default: "a list of named values"
    }
  }
}
