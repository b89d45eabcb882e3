internal import Journeys

/// A journey as live figures need it: its records, and the visits that they give.
struct LiveJourney {
  var stayRecords: [SilverStayRecord] = []
  var movementRecords: [SilverMovementRecord] = []
  var visits: [LiveVisit] = []
  /// The newest record of each partition that it has records in.
  private var newest: [(partition: Int32, offset: Int64)] = []

  /// Adds a record unless it is there: what the store holds and what the hub brings may overlap.
  mutating func add(_ record: SilverStayRecord) {
    guard !stayRecords.contains(where: { $0.hubOffset == record.hubOffset && $0.hubPartition == record.hubPartition }) else { return }
    stayRecords.append(record)
    note(record.hubPartition, record.hubOffset)
  }

  mutating func add(_ record: SilverMovementRecord) {
    guard !movementRecords.contains(where: { $0.hubOffset == record.hubOffset && $0.hubPartition == record.hubPartition }) else { return }
    movementRecords.append(record)
    note(record.hubPartition, record.hubOffset)
  }

  private mutating func note(_ partition: Int32, _ offset: Int64) {
    guard let index = newest.firstIndex(where: { $0.partition == partition }) else { return newest.append((partition, offset)) }
    newest[index].offset = max(newest[index].offset, offset)
  }

  /// Whether it can be let go: it counts for nothing since `limit`, and the store holds all of it.
  func isSpare(endedBefore limit: Int64, committed: [Int64]) -> Bool {
    visits.allSatisfy { $0.dischargeTime.map { $0 < limit } ?? false }
      && newest.allSatisfy { committed.indices.contains(Int($0.partition)) && committed[Int($0.partition)] > $0.offset }
  }
}
