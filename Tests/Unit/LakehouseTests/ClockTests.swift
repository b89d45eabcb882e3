import DuckDB
import Foundation
import Lakehouse
import Logging
import Testing

@Suite("The clock of a simulated store")
struct ClockTests {
  /// 2026-01-01T10:00:00Z, what senders state, and 2030-01-01, when the hub took their records; microseconds since 1970.
  static let stated: Int64 = 1_767_261_600_000_000
  static let enqueued: Int64 = 1_893_456_000_000_000

  /// A hub of one partition that holds these records.
  struct Records: RecordSource {
    let bodies: [String]
    let partitionCount = 1

    func startOffset(partition: Int) -> Int64 { 0 }
    func endOffset(partition: Int) -> Int64 { Int64(bodies.count) }
    func appended() -> AsyncStream<Void> { AsyncStream { $0.finish() } }

    func forEachRecord(partition: Int, from offset: Int64, maxBytes: Int, _ body: (SourceRecord) throws -> Void) throws -> Int64 {
      for position in Int(offset)..<bodies.count {
        try Array(bodies[position].utf8).withUnsafeBytes {
          try body(SourceRecord(offset: Int64(position), enqueuedAt: ClockTests.enqueued + Int64(position), body: $0))
        }
      }
      return Int64(bodies.count)
    }
  }

  /// `gold.clock.now` of a store that took these records.
  private func clock(isSimulated: Bool, _ bodies: [String]) async throws -> Int64? {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    var configuration = StoreConfiguration(directory: folder.path)
    configuration.isSimulated = isSimulated
    let pseudonymizer = try Pseudonymizer(key: ParsingSupport.key)
    let store = try WorkingStore(
      configuration: configuration, catalog: ModelCatalog(directory: ParsingSupport.root.appendingPathComponent("models").path),
      keyID: pseudonymizer.keyID)
    try store.setHospitals([HospitalSetting(hospitalID: 1, name: "North", timeZone: "UTC")])
    let lakehouse = try await LakehouseService(
      store: store, schemas: ParsingSupport.schemas(), pseudonymizer: pseudonymizer, source: Records(bodies: bodies),
      logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    ) { _ in }
    try await lakehouse.catchUpAndStop()
    return try store.database.connect().query("select now from gold.clock").scalar.int64
  }

  private func stay(_ eventTime: String) -> String {
    #"{"hospital_id": 1, "patient_id": "a", "department": "ICU", "admission_time": "2026-01-01T09:00:00Z"\#(eventTime)}"#
  }

  private func movement(_ recordedAt: String) -> String {
    #"{"type": "admit", "hospital_id": 1, "patient_id": "b", "encounter_id": "e", "occurred_at": "2026-01-01T09:30:00Z"\#(recordedAt)}"#
  }

  @Test("It follows the times that senders state, and no record without one pulls it to the hub's")
  func followsStatedTimes() async throws {
    let records = [
      stay(#", "event_time": "2026-01-01T10:00:00Z""#), stay(""), stay(#", "event_time": "yesterday""#), movement(""),
      movement(#", "recorded_at": "soon""#), movement(#", "recorded_at": "2026-01-01T09:45:00Z""#),
    ]
    #expect(try await clock(isSimulated: true, records) == Self.stated)
  }

  @Test("It follows movements too")
  func followsMovements() async throws {
    #expect(try await clock(isSimulated: true, [movement(#", "recorded_at": "2026-01-01T10:00:00Z""#)]) == Self.stated)
  }

  @Test("The clock of a store with real feeds is the wall's")
  func wall() async throws {
    let now = try #require(try await clock(isSimulated: false, [stay(#", "event_time": "2026-01-01T10:00:00Z""#)]))
    #expect(abs(Double(now) / 1e6 - Date().timeIntervalSince1970) < 60)
  }
}
