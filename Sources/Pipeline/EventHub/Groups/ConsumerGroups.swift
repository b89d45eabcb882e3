import Synchronization

/// The committed offsets of named consumer groups, in one file that is replaced as a whole.
final class ConsumerGroups: Sendable {
  private let file: StateFile
  private let state: Mutex<[String: [Int: Int64]]>

  /// Reads what is stored. A damaged file is an error: a group that starts over would deliver everything again, and one
  /// that starts at the end would lose events.
  init(directory: String, files: any LogFileSystem) throws(HubError) {
    file = StateFile(files: files, directory: directory, name: "consumer-groups", title: "patientflow-hub-consumer-groups 1")
    var groups: [String: [Int: Int64]] = [:]
    for line in try file.read() ?? [] {
      let fields = line.split(separator: " ")
      guard fields.count == 3, let partition = Int(fields[1]), let offset = Int64(fields[2]) else {
        throw HubError(.corrupt, "the file consumer-groups is damaged")
      }
      groups[String(fields[0]), default: [:]][partition] = offset
    }
    state = Mutex(groups)
  }

  /// Kafka's rule for names of topics, with `$` for Event Hubs' `$Default`.
  static func validate(_ group: String) throws(HubError) {
    let isAllowed = group.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "$"):
        true
      default: false
      }
    }
    guard isAllowed, (1...249).contains(group.utf8.count) else {
      throw HubError(.invalidGroup, "a consumer group's name has 1 to 249 letters, digits, '.', '_', '-' or '$'")
    }
  }

  var names: [String] { state.withLock { $0.keys.sorted() } }

  func committed(_ group: String) -> [Int: Int64] { state.withLock { $0[group] ?? [:] } }

  /// The greatest offset that any group has committed in a partition.
  func greatest(partition: Int) -> Int64 { state.withLock { $0.values.compactMap { $0[partition] }.max() ?? 0 } }

  /// The smallest offset that any group has committed in a partition; nil if none has.
  func smallest(partition: Int) -> Int64? { state.withLock { $0.values.compactMap { $0[partition] }.min() } }

  /// Only the writer thread changes groups, so no lock is held while the file is written.
  func commit(_ group: String, _ offsets: [Int: Int64]) throws(HubError) {
    var next = state.withLock { $0 }
    next[group, default: [:]].merge(offsets) { $1 }
    try replace(next)
  }

  func forget(_ group: String) throws(HubError) {
    var next = state.withLock { $0 }
    guard next.removeValue(forKey: group) != nil else { return }
    try replace(next)
  }

  private func replace(_ next: [String: [Int: Int64]]) throws(HubError) {
    let lines = next.sorted { $0.key < $1.key }.flatMap { group, offsets in
      offsets.sorted { $0.key < $1.key }.map { "\(group) \($0.key) \($0.value)" }
    }
    try file.write(lines)
    state.withLock { $0 = next }
  }
}
