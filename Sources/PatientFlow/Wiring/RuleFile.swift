import Serving
import Yams

/// `models/quality.yml` as the API shows it.
enum RuleFile {
  private struct File: Decodable {
    struct Rule: Decodable {
      var id: String
      var severity: String
      var reason: String
    }
    var rules: [Rule]
  }

  static func rules(_ text: String) throws -> [QualityRule] {
    do {
      return try YAMLDecoder().decode(File.self, from: text).rules.map { rule in
        // The file says `flag` where nothing is changed; the API calls those rules what they are found in: a set of records.
        QualityRule(id: rule.id, severity: QualityRule.Severity(rawValue: rule.severity) ?? .set, reason: rule.reason)
      }
    } catch {
      throw CommandError(.failure, "models/quality.yml can't be read: \(error)")
    }
  }
}
