import DuckDB
import EventHub
import Foundation
import Hospital
import Lakehouse
import Logging

/// Hub, store and what they are opened with, as every command that works on a data folder needs them.
struct PipelineRooms {
  let settings: Settings
  let folder: DataFolder
  let hub: EventHub
  let store: WorkingStore
  let schemas: [EventSchema]
  let pseudonymizer: Pseudonymizer
  let network: NetworkFile
  let logger: Logger

  /// Opens hub and store; only one process has them at a time.
  init(_ settings: Settings, isSimulated: Bool?, logger: Logger) throws {
    self.settings = settings
    self.logger = logger
    // What is read only comes first, so that a wrong path leaves no new folder behind.
    let catalog = try ModelCatalog(directory: settings.text("models_dir"))
    schemas = try Lakehouse.EventShape.allCases.map { shape in
      let file = "\(settings.text("schemas_dir"))/\(shape.rawValue).yml"
      guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
        throw CommandError(.failure, "can't read the schema \(file); name its folder with --set schemas_dir=DIR")
      }
      return try EventSchema(yaml: text, file: file)
    }
    network = try NetworkFile(path: settings.text("network_file"))
    folder = try DataFolder(settings.text("data_dir"))
    var hubConfiguration = EventHubConfiguration()
    hubConfiguration.partitions = settings.integer("hub.partitions")
    hubConfiguration.retentionSeconds = Int64(settings.seconds("hub.retention"))
    hubConfiguration.retentionBytesPerPartition = settings.bytes("hub.retention_bytes")
    do { hub = try EventHub.open(directory: folder.hub, configuration: hubConfiguration, logger: logger) } catch {
      guard error.code == .locked else { throw error }
      throw CommandError(.failure, "another process uses the data folder \(folder.path); stop it, or name another with --data-dir")
    }
    pseudonymizer = try Pseudonymizer(key: try folder.pseudonymKey(settings))
    var configuration = StoreConfiguration(directory: folder.path)
    configuration.memoryLimit = settings.text("lakehouse.memory_limit")
    let hasMoreInBulk = settings.bytes("lakehouse.bulk_memory_limit") > settings.bytes("lakehouse.memory_limit")
    configuration.bulkMemoryLimit = settings.text(hasMoreInBulk ? "lakehouse.bulk_memory_limit" : "lakehouse.memory_limit")
    configuration.threads = settings.integer("lakehouse.threads")
    configuration.checkpointBytes = settings.bytes("lakehouse.checkpoint_bytes")
    configuration.hotHours = settings.integer("lakehouse.hot_hours")
    configuration.isSimulated = isSimulated ?? FileManager.default.fileExists(atPath: folder.simulatorFile)
    store = try WorkingStore(configuration: configuration, catalog: catalog, keyID: pseudonymizer.keyID)
    try store.setHospitals(network.settings)
  }

  var lakehouseConfiguration: LakehouseConfiguration {
    var configuration = LakehouseConfiguration()
    configuration.batchBytes = Int(settings.bytes("lakehouse.batch_bytes"))
    configuration.minimumPause = .seconds(settings.seconds("lakehouse.minimum_pause"))
    configuration.bulkRecords = Int64(settings.integer("lakehouse.bulk_records"))
    configuration.bronzeRetention = .seconds(settings.seconds("bronze.retention"))
    configuration.checkpointInterval = .seconds(settings.seconds("lakehouse.checkpoint_interval"))
    return configuration
  }

  /// The pipeline over this hub and store, for commands that end; nothing runs yet.
  func lakehouse(
    shortage: MemoryShortage = .init(), onCommit: @escaping @Sendable (BatchResult) async -> Void = { _ in }
  ) async throws -> LakehouseService {
    try await LakehouseService(
      store: store, schemas: schemas, pseudonymizer: pseudonymizer, source: HubSource(hub: hub), configuration: lakehouseConfiguration,
      shortage: shortage, logger: logger, onCommit: onCommit)
  }

  /// Sends what the network file says of departments and has not said before.
  func announceDepartments() async throws {
    let count = try await DepartmentNews(folder: folder, hub: hub).announce(network.network, known: try store.departments())
    guard count > 0 else { return }
    logger.info("Department changes from the network file went into the hub.", metadata: ["departments": "\(count)"])
  }
}
