import Foundation
import Yams

/// The configuration of one run: flags, then `PATIENTFLOW_*`, then the file, then defaults.
struct Settings: Sendable {
  enum Source: Sendable, Equatable {
    case flag, environment(String), file(String), standard

    var text: String {
      switch self {
      case .flag: "flag"
      case .environment(let name): name
      case .file(let path): path
      case .standard: "default"
      }
    }
  }

  static let all: [Setting] = [
    Setting("data_dir", .text, "data", "Folder of hub, store, keys and everything else that is kept."),
    Setting("models_dir", .text, "models", "Folder of the SQL models."),
    Setting("dashboard_dir", .text, "dashboard", "Folder of the dashboard's files."),
    Setting("schemas_dir", .text, "config/schemas", "Folder of the event schemas."),
    Setting("network_file", .text, "config/hospitals.yaml", "Hospitals and departments with their beds, staff and time zones."),
    Setting("echarts_file", .text, ".deps/echarts/echarts.min.js", "The chart library that the dashboard is served with."),
    Setting("log.level", .text, "info", "trace, debug, info, notice, warning, error or critical."),
    Setting("log.format", .text, "text", "text or json."),
    Setting("server.host", .text, "127.0.0.1", "Address to listen on; any other than loopback needs server.tokens_file."),
    Setting("server.port", .integer, "8080", "Port of dashboard, API and intake; the next free one if it is taken."),
    Setting("server.tokens_file", .text, "", "File with one bearer token a line; with it every request needs one."),
    Setting("server.read_connections", .integer, "4", "Queries that run side by side."),
    Setting("intake.keys_file", .text, "", "File with one `name key` a line: shared access keys of senders. Without it loopback may send freely."),
    Setting("intake.max_backlog", .integer, "2000000", "Records the lakehouse may be behind before intake answers 429."),
    Setting("hub.partitions", .integer, "4", "Partitions of a new hub."),
    Setting("hub.retention", .duration, "7d", "How long the hub keeps records that the store has taken."),
    Setting("hub.retention_bytes", .bytes, "20GB", "How much the hub keeps in each partition at the most."),
    Setting("bronze.retention", .duration, "3650d", "How long bronze keeps raw events."),
    Setting("pseudonym.key", .text, "", isSecret: true, "Key of the pseudonyms, base64; better from a file or the environment."),
    Setting("pseudonym.key_file", .text, "", "File with that key; without either, DATA/keys/pseudonym.key is made."),
    Setting("lakehouse.memory_limit", .bytes, "256MB", "Memory of the store's engine; above it work spills to disk."),
    Setting(
      "lakehouse.bulk_memory_limit", .bytes, "448MB", "The same while a backlog is taken in or a layer rebuilt, if that is more."),
    Setting("lakehouse.threads", .integer, "2", "Threads of the store's engine."),
    Setting("lakehouse.minimum_pause", .duration, "500ms", "Shortest time from batch to batch under load."),
    Setting("lakehouse.batch_bytes", .bytes, "4MB", "Most bytes a micro-batch takes from each partition."),
    Setting("lakehouse.bulk_records", .integer, "50000", "A backlog of this many records takes the bulk path."),
    Setting("lakehouse.hot_hours", .integer, "72", "How long ended encounters stay in the hot tables."),
    Setting("lakehouse.checkpoint_interval", .duration, "60s", "How often the write-ahead log is folded under load."),
    Setting(
      "lakehouse.checkpoint_bytes", .bytes, "256MB",
      "Size of the write-ahead log at which the engine folds it by itself, in the middle of a batch; at three quarters it is folded between batches."),
    Setting("simulator.enabled", .boolean, "false", "Feed the hub with simulated hospitals."),
    Setting("simulator.seed", .integer, "1", "Seed of the simulated hospitals."),
    Setting("simulator.speed", .number, "60", "Hospital time for real time."),
    Setting("simulator.history", .duration, "14d", "Simulated history of a new store."),
    Setting("simulator.scenario", .text, "normal", "normal, flu-surge or bed-closure."),
    Setting("simulator.shape", .text, "mixed", "stay, movement or mixed."),
    Setting("simulator.dirt", .text, "realistic", "clean or realistic."),
    Setting("sql.time_limit", .duration, "30s", "Longest a user's query may run."),
    Setting("sql.max_rows", .integer, "100000", "Most rows of a query's answer that is held whole (a table, JSON); csv and ndjson have no bound."),
  ]

  private var values: [String: (value: String, source: Source)] = [:]

  /// Resolves all settings.
  /// - Parameters:
  ///   - flags: what the command line said, by key.
  ///   - file: a YAML file; `nil` for none.
  /// - Throws: ``CommandError`` naming each unknown key with the nearest known one, and each bad value.
  init(flags: [String: String], file: String?, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
    var problems: [String] = []
    let known = Dictionary(uniqueKeysWithValues: Self.all.map { ($0.key, $0) })
    var fromFile: [String: String] = [:]
    if let file { fromFile = try Self.read(file) }
    for key in fromFile.keys.sorted() where known[key] == nil { problems.append(Self.unknown("\(file ?? ""): key \(key)", key, Array(known.keys))) }
    for key in flags.keys.sorted() where known[key] == nil { problems.append(Self.unknown("--set \(key)", key, Array(known.keys))) }
    let names = Set(Self.all.map(\.environmentName))
    for name in environment.keys.sorted() where name.hasPrefix("PATIENTFLOW_") && !name.hasPrefix("PATIENTFLOW_TEST_") && !names.contains(name) {
      problems.append(Self.unknown("environment: \(name)", name, Array(names)))
    }
    for setting in Self.all {
      let chosen: (value: String, source: Source)
      if let value = flags[setting.key] {
        chosen = (value, .flag)
      } else if let value = environment[setting.environmentName] {
        chosen = (value, .environment(setting.environmentName))
      } else if let value = fromFile[setting.key], let file {
        chosen = (value, .file(file))
      } else {
        chosen = (setting.standard, .standard)
      }
      if let problem = setting.problem(with: chosen.value) {
        let shown = setting.isSecret ? "(secret)" : "\"\(chosen.value)\""
        problems.append("\(setting.key) \(problem), not \(shown) (\(chosen.source.text))")
      }
      values[setting.key] = chosen
    }
    guard problems.isEmpty else { throw CommandError(.usage, problems.joined(separator: "\n")) }
  }

  func text(_ key: String) -> String { values[key]?.value ?? "" }
  func integer(_ key: String) -> Int { Int(text(key)) ?? 0 }
  func number(_ key: String) -> Double { Double(text(key)) ?? 0 }
  func flag(_ key: String) -> Bool { text(key) == "true" }
  func seconds(_ key: String) -> Double { DurationText.seconds(text(key)) ?? 0 }
  func bytes(_ key: String) -> Int64 { ByteText.bytes(text(key)) ?? 0 }
  func source(_ key: String) -> Source { values[key]?.source ?? .standard }

  private static func read(_ path: String) throws -> [String: String] {
    let text: String
    do { text = try String(contentsOfFile: path, encoding: .utf8) } catch {
      throw CommandError(.usage, "can't read the configuration file \(path)")
    }
    let tree: Any?
    do { tree = try Yams.load(yaml: text) } catch { throw CommandError(.usage, "\(path) is not YAML: \(error)") }
    guard let tree else { return [:] }
    guard let top = tree as? [String: Any] else { throw CommandError(.usage, "\(path) must hold keys and values") }
    var flat: [String: String] = [:]
    func walk(_ node: [String: Any], _ prefix: String) {
      for (key, value) in node {
        if let inner = value as? [String: Any] { walk(inner, prefix + key + ".") } else { flat[prefix + key] = "\(value)" }
      }
    }
    walk(top, "")
    return flat
  }

  private static func unknown(_ place: String, _ key: String, _ known: [String]) -> String {
    "\(place) is unknown; did you mean \(nearest(to: key, in: known))?"
  }

  /// The name that is written most like another, or whose last part is: `server.port` for `port`.
  static func nearest(to name: String, in known: [String]) -> String {
    func strangeness(_ candidate: String) -> Int {
      let last = candidate.split(separator: ".").last.map(String.init) ?? candidate
      return min(distance(candidate, name) * 2, distance(last, name) * 2 + 1)
    }
    return known.min { strangeness($0) < strangeness($1) } ?? ""
  }

  /// Levenshtein's distance.
  private static func distance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var previous = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let here = a == b ? previous : min(previous, row[j], row[j + 1]) + 1
        previous = row[j + 1]
        row[j + 1] = here
      }
    }
    return row[right.count]
  }
}
