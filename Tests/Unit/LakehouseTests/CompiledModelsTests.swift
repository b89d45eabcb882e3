import DuckDB
import Foundation
import Lakehouse
import Testing

/// The twin in Swift gives what the models give: worlds fed record by record through small batches, then rebuilt by SQL.
// One world after the other: each has a store of its own, and hundreds at once would take all memory.
@Suite(.serialized) struct CompiledModelsTests {
  static let tables = [
    "silver.movement", "gold.dim_patient", "gold.dim_department", "gold.fact_patient_flow", "gold.bed_stay", "gold.fact_flow_hourly",
    "gold.quality_hourly", "silver.quarantine", "silver.stay_record", "silver.movement_record", "gold.drift",
  ]
  static let worlds = ProcessInfo.processInfo.environment["LONG"] == nil ? 12 : 60

  @Test func theTwinWasComparedWithTheModelsThatAreThere() throws {
    let catalog = try ModelCatalog(directory: ParsingSupport.root.appendingPathComponent("models").path)
    let fingerprint = try CompiledModels.fingerprint(catalog)
    #expect(
      fingerprint == CompiledModels.comparedWith,
      "a model that has a twin was changed: change Sources/Health/Journeys likewise, run this suite, then set CompiledModels.comparedWith to \(fingerprint)"
    )
  }

  @Test(arguments: 1...worlds) func smallBatchesGiveWhatARebuildBySQLGives(seed: Int) async throws {
    let store = try await TestStore(
      // One world by the models, as if somebody had changed them.
      changesModels: seed == 4,
      store: { $0.hotHours = seed.isMultiple(of: 2) ? 72 : 1_000_000 },
      lakehouse: { lakehouse in
        lakehouse.batchBytes = [1, 300, 3000][seed % 3]
        // Some worlds change between small batches and the bulk path, department changes among the records.
        if seed.isMultiple(of: 4) { lakehouse.bulkRecords = 40 }
        lakehouse.bulkBytes = 2000
        if seed.isMultiple(of: 8) { lakehouse.restatedRecords = 20 }
        // Some leave what a department change touches to be restated after it.
        if seed.isMultiple(of: 5) || seed == 4 { lakehouse.deferredJourneys = 2 }
        // Some batches count as large, and then write journeys that have ended straight to the cold tables.
        if seed.isMultiple(of: 3) { lakehouse.largeRecords = 15 }
      })
    defer { store.remove() }
    let world = DenseWorld(seed: UInt64(seed))
    for (index, body) in world.bodies.enumerated() {
      store.append(body, index)
      if index % 60 == 59 { try await store.service.catchUpAndStop() }
    }
    try await store.service.catchUpAndStop()
    let reader = try store.store.database.connect()
    let small = try Self.tables.map { try rows(of: $0, reader) }
    for layer in [RebuildLayer.gold, .silver] {
      _ = try await store.service.rebuild(layer)
      for (table, before) in zip(Self.tables, small) {
        let after = try rows(of: table, reader)
        let (missing, extra) = (after.subtracting(before), before.subtracting(after))
        #expect(
          missing.isEmpty && extra.isEmpty,
          "world \(seed), \(table), \(layer): SQL \(missing.sorted().prefix(2).joined(separator: "; ")) twin \(extra.sorted().prefix(2).joined(separator: "; "))"
        )
      }
    }
  }

  /// Rows as text; each with how often it is there.
  private func rows(of table: String, _ connection: Connection) throws -> Set<String> {
    let found = try connection.query("select cast(t as varchar), count(*) from \(table) as t group by 1").rows
    return Set(found.map { "\($0[0].string ?? "") × \($0[1].int64 ?? 0)" })
  }
}
