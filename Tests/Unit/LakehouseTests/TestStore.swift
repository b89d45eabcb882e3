import DuckDB
import Foundation
import Lakehouse
import Logging

/// A store of three hospitals in a folder of its own, and a hub in memory that feeds it.
struct TestStore {
  let store: WorkingStore
  let source = MemorySource(partitionCount: 3)
  let lakehouse: LakehouseConfiguration
  let service: LakehouseService
  private let schemas: [EventSchema]
  private let pseudonymizer: Pseudonymizer
  private let folder: URL

  /// - Parameter changesModels: whether a model says the same in other words, so that batches run the models and not their twin.
  init(
    changesModels: Bool = false, store change: (inout StoreConfiguration) -> Void = { _ in },
    lakehouse changeLakehouse: (inout LakehouseConfiguration) -> Void = { _ in }
  ) async throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("patient-flow-store-\(UUID().uuidString)")
    schemas = try ParsingSupport.schemas()
    pseudonymizer = try Pseudonymizer(key: ParsingSupport.key)
    var configuration = StoreConfiguration(directory: folder.path)
    change(&configuration)
    var models = ParsingSupport.root.appendingPathComponent("models")
    if changesModels {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let copy = folder.appendingPathComponent("models")
      try FileManager.default.copyItem(at: models, to: copy)
      let model = copy.appendingPathComponent("gold/bed_stay.sql")
      try "select * from (\n\(String(contentsOf: model, encoding: .utf8))\n) as changed".write(to: model, atomically: true, encoding: .utf8)
      models = copy
    }
    let catalog = try ModelCatalog(directory: models.path)
    store = try WorkingStore(configuration: configuration, catalog: catalog, keyID: pseudonymizer.keyID)
    try store.setHospitals([
      HospitalSetting(hospitalID: 1, name: "One", timeZone: "Europe/Berlin", presumesDischarge: false),
      HospitalSetting(hospitalID: 2, name: "Two", timeZone: "Asia/Kolkata", presumesDischarge: true),
      HospitalSetting(hospitalID: 3, name: "Three", timeZone: "Australia/Lord_Howe", presumesDischarge: false),
    ])
    var lakehouse = LakehouseConfiguration()
    changeLakehouse(&lakehouse)
    self.lakehouse = lakehouse
    service = try await LakehouseService(
      store: store, schemas: schemas, pseudonymizer: pseudonymizer, source: source, configuration: lakehouse, logger: Logger(label: "test")
    ) { _ in }
  }

  /// A service over the same store and hub, as the next process has it.
  func anotherService() async throws -> LakehouseService {
    try await LakehouseService(
      store: store, schemas: schemas, pseudonymizer: pseudonymizer, source: source, configuration: lakehouse, logger: Logger(label: "test")
    ) { _ in }
  }

  /// Live figures over the same hub; `nil` if the models on disk are not those of the twin.
  func liveView() async throws -> LiveView? {
    try await LiveView(
      store: store, schemas: schemas, pseudonymizer: pseudonymizer, source: source, configuration: lakehouse, logger: Logger(label: "test"))
  }

  /// Puts a record into the hub, the `index`-th one.
  func append(_ body: String, _ index: Int) {
    source.append(.init(enqueuedAt: 1_775_000_000_000_000 + Int64(index) * 7_000_003, body: Array(body.utf8)), to: index % 3)
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }
}
