import EventHub
import Foundation
import Intake
import Serving

/// Tokens and keys from the files that the settings name.
enum AccessFiles {
  /// Bearer tokens of readers, one a line.
  static func tokens(_ settings: Settings) throws -> [AccessToken] {
    try lines(settings, "server.tokens_file").map { AccessToken(secret: Secret($0), rights: [.read]) }
  }

  /// Who may send: everybody on loopback, or the holders of the keys in `intake.keys_file`.
  static func intake(_ settings: Settings, admission: @escaping @Sendable () -> Admission) throws -> IntakeConfiguration {
    var keys: [String: String] = [:]
    for line in try lines(settings, "intake.keys_file") {
      let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { throw CommandError(.failure, "intake.keys_file: each line is a name, a space and a key") }
      keys[parts[0]] = parts[1]
    }
    let access: IntakeAccess
    if keys.isEmpty {
      guard ["127.0.0.1", "::1", "localhost"].contains(settings.text("server.host")) else {
        throw CommandError(
          .failure, "server.host \(settings.text("server.host")) is reached by others: name the senders' keys in intake.keys_file first")
      }
      access = .open
    } else {
      let named = keys
      access = IntakeAccess(keys: Array(keys.values)) { token, resource in
        guard let signature = try? SharedAccessSignature(parsing: token), let key = named[signature.policy] else { return false }
        return (try? signature.verify(key: key, path: resource, now: Int64(Date().timeIntervalSince1970))) != nil
      }
    }
    var configuration = IntakeConfiguration(access: access) { body in
      var items: [BatchItem] = []
      try body.withUnsafeBytes { try ServiceBusBatch.decode($0) }.forEach { key, value in
        items.append(BatchItem(body: Array(value), partitionKey: key.map { String(decoding: $0, as: UTF8.self) }))
      }
      return items
    }
    configuration.admission = admission
    return configuration
  }

  private static func lines(_ settings: Settings, _ key: String) throws -> [String] {
    let path = settings.text(key)
    guard !path.isEmpty else { return [] }
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { throw CommandError(.failure, "can't read \(key) \(path)") }
    return text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
  }
}
