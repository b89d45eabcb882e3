import DuckDB
import Foundation
import Lakehouse
import Logging
import Testing

/// The twin in Swift gives what the models give: worlds fed record by record through small batches, then rebuilt by SQL.
@Suite struct CompiledModelsTests {
  static let tables = [
    "silver.movement", "gold.dim_patient", "gold.dim_department", "gold.fact_patient_flow", "gold.bed_stay", "gold.fact_flow_hourly",
    "gold.quality_hourly", "silver.quarantine",
  ]
  static let worlds = ProcessInfo.processInfo.environment["LONG"] == nil ? 12 : 400

  @Test func theTwinWasComparedWithTheModelsThatAreThere() throws {
    let catalog = try ModelCatalog(directory: ParsingSupport.root.appendingPathComponent("models").path)
    let fingerprint = try CompiledModels.fingerprint(catalog)
    #expect(
      fingerprint == CompiledModels.comparedWith,
      "a model that has a twin was changed: change Sources/Health/Journeys likewise, run this suite, then set CompiledModels.comparedWith to \(fingerprint)"
    )
  }

  @Test(arguments: 1...worlds) func smallBatchesGiveWhatARebuildBySQLGives(seed: Int) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("patient-flow-twin-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let catalog = try ModelCatalog(directory: ParsingSupport.root.appendingPathComponent("models").path)
    let pseudonymizer = try Pseudonymizer(key: ParsingSupport.key)
    var configuration = StoreConfiguration(directory: folder.path)
    configuration.hotHours = seed.isMultiple(of: 2) ? 72 : 1_000_000
    let store = try WorkingStore(configuration: configuration, catalog: catalog, keyID: pseudonymizer.keyID)
    try store.setHospitals([
      HospitalSetting(hospitalID: 1, name: "One", timeZone: "Europe/Berlin", presumesDischarge: false),
      HospitalSetting(hospitalID: 2, name: "Two", timeZone: "Asia/Kolkata", presumesDischarge: true),
      HospitalSetting(hospitalID: 3, name: "Three", timeZone: "Australia/Lord_Howe", presumesDischarge: false),
    ])
    let source = MemorySource(partitionCount: 3)
    var lakehouse = LakehouseConfiguration()
    lakehouse.batchBytes = [1, 300, 3000][seed % 3]
    // Some worlds change between small batches and the bulk path, department changes among the records.
    if seed.isMultiple(of: 4) { lakehouse.bulkRecords = 40 }
    lakehouse.bulkBytes = 2000
    let service = try await LakehouseService(
      store: store, schemas: ParsingSupport.schemas(), pseudonymizer: pseudonymizer, source: source, configuration: lakehouse,
      logger: Logger(label: "test")
    ) { _ in }
    let world = DenseWorld(seed: UInt64(seed))
    for (index, body) in world.bodies.enumerated() {
      source.append(.init(enqueuedAt: 1_775_000_000_000_000 + Int64(index) * 7_000_003, body: Array(body.utf8)), to: index % 3)
      if index % 60 == 59 { try await service.catchUpAndStop() }
    }
    try await service.catchUpAndStop()
    let reader = try store.database.connect()
    let small = try Self.tables.map { try rows(of: $0, reader) }
    for layer in [RebuildLayer.gold, .silver] {
      _ = try await service.rebuild(layer)
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
