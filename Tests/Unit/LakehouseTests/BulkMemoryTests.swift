import DuckDB
import Lakehouse
import Testing

struct BulkMemoryTests {
  @Test func memoryForLargeBatchesIsGivenBackByTheNextSmallOne() async throws {
    let store = try await TestStore(
      store: {
        $0.memoryLimit = "200MiB"
        $0.bulkMemoryLimit = "300MiB"
      }, lakehouse: { $0.largeRecords = 5 })
    defer { store.remove() }
    let reader = try store.store.database.connect()
    func limit() throws -> String? { try reader.query("select current_setting('memory_limit')").scalar.string }
    func append(_ numbers: ClosedRange<Int>) async throws {
      for number in numbers {
        let stay = #"{"hospital_id":1,"patient_id":"p\#(number)","department":"ICU","admission_time":"2026-03-01T08:00:00Z"}"#
        store.append(stay, number)
      }
      try await store.service.catchUpAndStop()
    }
    try await append(1...10)
    #expect(try limit() == "300.0 MiB")
    try await append(11...11)
    #expect(try limit() == "200.0 MiB")
  }
}
