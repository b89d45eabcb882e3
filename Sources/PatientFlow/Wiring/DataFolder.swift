import Foundation

/// The data folder and what lies in it. The process that uses it holds the hub's lock.
///
/// ```
/// DATA/hub/            the event hub's log
/// DATA/store/          the working store
/// DATA/keys/           the pseudonym key, if it was made here (0600)
/// DATA/run/            where the running process listens, and the token for its SQL (0600)
/// DATA/network.json    what the network file has said of departments so far
/// DATA/simulator.json  seed and start of a simulated network
/// ```
struct DataFolder: Sendable {
  let path: String

  var hub: String { path + "/hub" }
  var run: String { path + "/run" }
  var endpointFile: String { run + "/endpoint.json" }
  var networkFile: String { path + "/network.json" }
  var simulatorFile: String { path + "/simulator.json" }

  init(_ path: String) throws {
    self.path = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    for folder in [self.path, run, self.path + "/keys"] {
      do {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      } catch {
        throw CommandError(.failure, "can't make the folder \(folder) (\(error.localizedDescription)); name another with --data-dir")
      }
    }
  }

  /// The folder that the settings name, which must hold a store already.
  static func existing(_ settings: Settings) throws -> DataFolder {
    let path = settings.text("data_dir")
    guard FileManager.default.fileExists(atPath: path + "/store") else {
      throw CommandError(.failure, "there is no store in \(path); start one with `patientflow run`, or name another folder with --data-dir")
    }
    return try DataFolder(path)
  }

  /// Writes a file that only its owner reads, whole or not at all.
  static func writePrivate(_ data: Data, to path: String) throws {
    let temporary = path + ".new"
    _ = try? FileManager.default.removeItem(atPath: temporary)
    guard FileManager.default.createFile(atPath: temporary, contents: data, attributes: [.posixPermissions: 0o600]) else {
      throw CommandError(.failure, "can't write \(path)")
    }
    guard rename(temporary, path) == 0 else { throw CommandError(.failure, "can't write \(path): \(String(cString: strerror(errno)))") }
  }

  /// The key of the pseudonyms: from the settings, else from the folder, made at the first start.
  func pseudonymKey(_ settings: Settings) throws -> [UInt8] {
    if !settings.text("pseudonym.key").isEmpty { return try Self.decode(settings.text("pseudonym.key"), "pseudonym.key") }
    let given = settings.text("pseudonym.key_file")
    if !given.isEmpty {
      guard let text = try? String(contentsOfFile: given, encoding: .utf8) else {
        throw CommandError(.failure, "can't read pseudonym.key_file \(given)")
      }
      return try Self.decode(text, given)
    }
    let own = path + "/keys/pseudonym.key"
    if let text = try? String(contentsOfFile: own, encoding: .utf8) { return try Self.decode(text, own) }
    if FileManager.default.fileExists(atPath: path + "/store/patient-flow.duckdb") {
      throw CommandError(.failure, "\(own) is missing, but the store was made with it: put it back, or give the key with PATIENTFLOW_PSEUDONYM_KEY")
    }
    var generator = SystemRandomNumberGenerator()
    let key = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    try Self.writePrivate(Data((Data(key).base64EncodedString() + "\n").utf8), to: own)
    return key
  }

  private static func decode(_ text: String, _ place: String) throws -> [UInt8] {
    guard let data = Data(base64Encoded: text.trimmingCharacters(in: .whitespacesAndNewlines)), data.count >= 16 else {
      throw CommandError(.failure, "\(place) must be base64 of at least 16 bytes; make one with: head -c 32 /dev/urandom | base64")
    }
    return Array(data)
  }
}

/// Where the process that uses a data folder listens.
struct Endpoint: Codable, Sendable {
  var processID: Int32
  var port: Int
  /// For `patientflow sql`.
  var token: String
  /// For `patientflow sql --restricted`: bronze and quarantine too.
  var restrictedToken: String
}
