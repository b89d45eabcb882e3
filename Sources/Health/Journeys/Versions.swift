/// A record that may come twice, or in several contents under one event id.
protocol Repeatable {
  var hubPartition: Int32 { get }
  var hubOffset: Int64 { get }
  var enqueuedAt: Int64 { get }
  var contentHash: Int64 { get }
  var eventKey: Int64? { get }
  var recordedAt: Int64 { get }
}

extension SilverStayRecord: Repeatable {}
extension SilverMovementRecord: Repeatable {}

/// One content among the records of a journey: same content counts once, and of one event id the latest content stands.
struct Version<Record: Repeatable> {
  var record: Record
  /// Copies beyond the first.
  var duplicates: Int32
  /// Its event id came with other contents too.
  var isReused: Bool
  /// A later content of its event id stands in its place.
  var isSuperseded: Bool

  /// The versions of a journey's records, in the order (`recorded_at`, content hash).
  static func of(_ records: [Record]) -> [Version] {
    if records.count == 1 { return [Version(record: records[0], duplicates: 0, isReused: false, isSuperseded: false)] }
    var byContent: [Int64: Int] = [:]
    var versions: [Version] = []
    for record in records {
      guard let known = byContent[record.contentHash] else {
        byContent[record.contentHash] = versions.count
        versions.append(Version(record: record, duplicates: 0, isReused: false, isSuperseded: false))
        continue
      }
      versions[known].duplicates += 1
      if isEarlierCopy(record, versions[known].record) { versions[known].record = record }
    }
    versions.sort { isBefore($0.record, $1.record) }
    var latest: [Int64: Int] = [:]
    for (index, version) in versions.enumerated() {
      guard let event = version.record.eventKey else { continue }
      if let earlier = latest.updateValue(index, forKey: event) {
        versions[earlier].isSuperseded = true
        versions[earlier].isReused = true
        versions[index].isReused = true
      }
    }
    return versions
  }

  static func isBefore(_ left: Record, _ right: Record) -> Bool {
    (left.recordedAt, left.contentHash) < (right.recordedAt, right.contentHash)
  }

  private static func isEarlierCopy(_ left: Record, _ right: Record) -> Bool {
    (left.enqueuedAt, left.hubPartition, left.hubOffset) < (right.enqueuedAt, right.hubPartition, right.hubOffset)
  }
}
