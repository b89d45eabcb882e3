internal import Foundation

/// What is known of a batch while it runs.
struct BatchFigures {
  /// The offsets after the batch, by partition.
  var offsets: [Int64]
  var records = 0
  var journeys = 0
  var quarantined = 0
  /// When the hub took the oldest and the newest record, microseconds since 1970.
  var oldest = Int64.max
  var newest: Int64 = 0
  /// Wall clock, microseconds since 1970.
  let startedAt = Int64(Date().timeIntervalSince1970 * 1_000_000)
  /// The latest time that a sender stated, microseconds since 1970.
  var latestStated: Int64?
  /// Usable records by hospital.
  var recordsByHospital: [Int: Int] = [:]

  init(offsets: [Int64]) { self.offsets = offsets }

  mutating func count(_ record: SourceRecord) {
    oldest = min(oldest, record.enqueuedAt)
    newest = max(newest, record.enqueuedAt)
    records += 1
  }
}
