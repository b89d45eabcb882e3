import DuckDB
import Lakehouse
import Testing

@Suite struct StagingTests {
  /// Emptied temporary tables keep what they held, and no checkpoint reaches them: a long life or a large file filled all memory with it.
  @Test func whatBatchesStagedIsLetGo() async throws {
    let store = try await TestStore(changesModels: true, lakehouse: { $0.bulkRecords = 1000 })
    defer { store.remove() }
    for index in 0..<24_000 {
      store.append(
        #"{"event_id":"s\#(index)","patient_id":"P\#(index)","encounter_id":"E\#(index)","hospital_id":1,"department":"ICU","age":40,"#
          + #""admission_time":"2026-03-01T08:00:00Z","discharge_time":"2026-03-02T08:00:00Z"}"#, index)
      if index % 8000 == 7999 { try await store.service.catchUpAndStop() }
    }
    #expect(try await store.liveView() == nil, "the twin stages nothing")
    let reader = try store.store.database.connect()
    #expect(try reader.query("select count(distinct encounter_id) from silver.stay_record").scalar.int64 == 24_000)
    let staged = try reader.query(
      "select cast(sum(memory_usage_bytes + temporary_storage_bytes) as bigint) from duckdb_memory() where tag = 'IN_MEMORY_TABLE'")
    #expect(staged.scalar.int64 ?? 0 < 2_000_000)
  }
}
