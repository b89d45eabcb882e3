import EventHub
import Foundation
import Intake
import Serving

/// Tokens and keys from the files that the settings name.
enum AccessFiles {
  /// An address that others reach needs authentication on both sides: of who reads, and of who sends.
  static func checkAddress(_ settings: Settings) throws {
    let port = settings.integer("server.port")
    guard (0...65_535).contains(port) else { throw CommandError(.usage, "server.port must be a number from 0 to 65535, not \(port)") }
    let host = settings.text("server.host")
    guard !["127.0.0.1", "::1", "localhost"].contains(host) else { return }
    let missing = ["server.tokens_file", "intake.keys_file"].filter { settings.text($0).isEmpty }
    guard missing.isEmpty else {
      throw CommandError(
        .failure,
        "server.host \(host) is reached by others and needs authentication: set \(missing.joined(separator: " and ")), or listen on 127.0.0.1")
    }
  }

  /// Bearer tokens of readers, one a line.
  static func tokens(_ settings: Settings) throws -> [AccessToken] {
    try lines(settings, "server.tokens_file").map { AccessToken(secret: Secret($0), rights: [.read]) }
  }

  /// Who may send: everybody on loopback, or the holders of the keys in `intake.keys_file`.
  /// - Parameter ownKey: the key of this machine's own `patientflow ingest`.
  static func intake(_ settings: Settings, ownKey: String, admission: @escaping @Sendable () -> Admission) throws -> IntakeConfiguration {
    var keys: [String: String] = [:]
    for line in try lines(settings, "intake.keys_file") {
      let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { throw CommandError(.failure, "intake.keys_file: each line is a name, a space and a key") }
      keys[parts[0]] = parts[1]
    }
    let access: IntakeAccess
    if keys.isEmpty {
      access = .open
    } else {
      let named = keys
      access = IntakeAccess(keys: Array(keys.values) + [ownKey]) { token, resource in
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

  /// The lines of a file; none only if no file is named. A file that was named for protection and holds nothing must not open the door.
  private static func lines(_ settings: Settings, _ key: String) throws -> [String] {
    let path = settings.text(key)
    guard !path.isEmpty else { return [] }
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { throw CommandError(.failure, "can't read \(key) \(path)") }
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
    guard !lines.isEmpty else { throw CommandError(.failure, "\(key) \(path) holds no entry; write one, or leave the setting out") }
    return lines
  }
}
