import DuckDB
import EventHub
import Foundation
import Hospital
import Intake
import Lakehouse
import Logging
import Metrics
import Observability
import ServiceLifecycle
import Serving
import UnixSignals

/// One running Patient Flow: wires the rooms and runs them as one group of services.
struct Instance {
  private let settings: Settings
  private let logger: Logger
  private let metrics: PrometheusMetrics
  private let shortage = MemoryShortage()

  init(_ settings: Settings) throws {
    self.settings = settings
    let (logger, metrics) = try Telemetry.start(settings)
    self.logger = logger
    self.metrics = metrics
  }

  func run() async throws {
    var rooms: PipelineRooms?
    while true {
      do { return try await runOnce(rooms.take()) } catch let error as LakehouseError where error.code == .storeLost {
        logger.critical("The store's engine gave up; hub and store are opened anew.", metadata: ["reason": "\(error)"])
      }
      rooms = try await reopen()
      if rooms == nil { return }
    }
  }

  /// Waits until the store can be opened and written again; what was acknowledged lies in the hub meanwhile.
  /// - Returns: `nil` if the process was told to stop instead.
  private func reopen() async throws -> PipelineRooms? {
    let reopening = Reopening(settings: settings, logger: logger)
    try await ServiceGroup(
      configuration: .init(
        services: [.init(service: reopening, successTerminationBehavior: .gracefullyShutdownGroup)], gracefulShutdownSignals: [.sigterm, .sigint],
        logger: logger)
    ).run()
    return reopening.rooms
  }

  /// - Parameter reopened: hub and store if they are open already.
  private func runOnce(_ reopened: PipelineRooms?) async throws {
    let isSimulated = settings.flag("simulator.enabled")
    // Refused before anything is opened or sent.
    try AccessFiles.checkAddress(settings)
    if isSimulated { _ = try SimulatorState(settings, now: 0) }
    let rooms = try reopened ?? PipelineRooms(settings, isSimulated: isSimulated, logger: logger)
    let simulated = isSimulated ? try simulatorState(rooms.folder) : nil
    if simulated == nil { try await rooms.announceDepartments() }

    let source = HubSource(hub: rooms.hub)
    let offsets = try rooms.store.hubOffsets(partitions: rooms.hub.partitionCount)
    let monitor = PipelineMonitor(hub: source, storePath: rooms.folder.path + "/store/patient-flow.duckdb", nextOffsets: offsets)
    let hub = rooms.hub
    let live = try await LiveView(
      store: rooms.store, schemas: rooms.schemas, pseudonymizer: rooms.pseudonymizer, source: source,
      configuration: rooms.lakehouseConfiguration, logger: logger)
    let lakehouse = try await LakehouseService(
      store: rooms.store, schemas: rooms.schemas, pseudonymizer: rooms.pseudonymizer, source: source,
      configuration: rooms.lakehouseConfiguration, shortage: shortage, logger: logger
    ) { result in
      monitor.didCommit(result)
      live?.storeDidCommit()
      // Only a hint for tools that look at the hub: the store's own offsets are what counts.
      try? await hub.commit(group: "$Default", offsets: Dictionary(uniqueKeysWithValues: result.nextOffsets.enumerated().map { ($0, $1) }))
    }
    let readers = try ConnectionPool(database: rooms.store.database, size: settings.integer("server.read_connections"), label: "patientflow.readers")

    var services: [any Service] = [lakehouse]
    if let live { services.append(live) }
    let serving = try servingService(rooms, lakehouse: lakehouse, live: live, monitor: monitor, readers: readers, isSimulated: isSimulated)
    services.append(serving)
    var simulator: SimulatorService?
    if let simulated {
      let service = SimulatorService(
        hub: rooms.hub, state: simulated, network: rooms.network.network, speed: settings.number("simulator.speed"), logger: logger
      ) { monitor.lag }
      simulator = service
      services.append(service)
    }
    services.append(
      Housekeeping(
        folder: rooms.folder, hub: rooms.hub, readers: readers, monitor: monitor, networkFile: isSimulated ? nil : settings.text("network_file"),
        logger: logger
      ) { try await lakehouse.setHospitals($0) })
    services.append(LoadingWatch(monitor: monitor, isSent: { [simulator] in simulator?.current.isLive ?? true }, failure: { lakehouse.lastFailure }))
    services.append(
      StatusLine(
        monitor: monitor,
        census: {
          try? await readers.query("select cast(sum(census) as bigint) from gold.hospital_live", timeLimit: .seconds(2)).scalar.int64.map(Int.init)
        },
        simulated: { [simulator] in simulator.map { $0.current.now } }))
    // One that fails ends the others gracefully. To cancel them would drop a connection that is being accepted, and that ends the process.
    let members = services.map {
      ServiceGroupConfiguration.ServiceConfiguration(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup)
    }
    let group = ServiceGroup(configuration: .init(services: members, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
    do { try await group.run() } catch {
      try? await rooms.hub.close()
      throw error
    }
    try await rooms.hub.close()
    _ = try? FileManager.default.removeItem(atPath: rooms.folder.endpointFile)
    if isatty(STDERR_FILENO) == 1 { FileHandle.standardError.write(Data("\(LogOutput.wipe)Stopped.\n".utf8)) }
  }

  /// A simulated network is made once and stays the same: seed, scenario and history of later starts must agree or be left out.
  private func simulatorState(_ folder: DataFolder) throws -> SimulatorState {
    if let known = try SimulatorState.load(folder) {
      if settings.source("simulator.seed") != .standard, UInt64(clamping: settings.integer("simulator.seed")) != known.seed {
        throw CommandError(.failure, "the simulated network in \(folder.path) has seed \(known.seed); leave --seed out, or name another --data-dir")
      }
      return known
    }
    let state = try SimulatorState(settings, now: Int64(Date().timeIntervalSince1970) * 1_000_000)
    try state.save(folder)
    return state
  }

  private func servingService(
    _ rooms: PipelineRooms, lakehouse: LakehouseService, live: LiveView?, monitor: PipelineMonitor, readers: ConnectionPool, isSimulated: Bool
  ) throws -> ServingService {
    let token = Self.randomToken()
    var configuration = ServingConfiguration()
    configuration.host = settings.text("server.host")
    configuration.port = settings.integer("server.port")
    configuration.dashboardDirectory = settings.text("dashboard_dir")
    configuration.chartLibrary = settings.text("echarts_file")
    configuration.openAPIDocument = "docs/api/openapi.yaml"
    configuration.speed = isSimulated ? settings.number("simulator.speed") : 1
    configuration.sqlTimeLimit = .seconds(settings.seconds("sql.time_limit"))
    configuration.sqlRowLimit = settings.integer("sql.max_rows")
    let restricted = Self.randomToken()
    configuration.tokens = try AccessFiles.tokens(settings)
    configuration.tokens += [
      AccessToken(secret: Secret(token), rights: [.sql]), AccessToken(secret: Secret(restricted), rights: [.sql, .restricted]),
    ]
    configuration.rules = try RuleFile.rules(rooms.store.catalog.quality)
    let folder = rooms.folder
    let routes = HubRoutes(
      configuration: try AccessFiles.intake(settings, ownKey: token, admission: admission(rooms, monitor: monitor, isSimulated: isSimulated)),
      appender: HubAppender(hub: rooms.hub))
    let metrics = metrics
    let dependencies = ServingDependencies(
      pool: readers, sqlPool: try ConnectionPool(database: rooms.store.database, size: 2, label: "patientflow.sql"), feed: monitor.commits,
      live: live.map(LivePictures.init), provider: monitor,
      metrics: {
        monitor.recordGauges()
        return metrics.text()
      }, addRoutes: { routes.add(to: $0) },
      replay: { choice in
        let outcome = try await lakehouse.replay(QuarantineChoice(rule: choice.rule, partition: choice.partition, offset: choice.offset))
        return QuarantineOutcome(
          judged: outcome.judged, accepted: outcome.accepted, stillQuarantined: outcome.stillQuarantined, gone: outcome.gone)
      })
    let wanted = configuration.port
    let logger = logger
    return try ServingService(configuration: configuration, dependencies: dependencies, logger: logger) { port in
      let endpoint = Endpoint(processID: getpid(), port: port, token: token, restrictedToken: restricted)
      do { try DataFolder.writePrivate(try JSONEncoder().encode(endpoint), to: folder.endpointFile) } catch {
        logger.warning("`patientflow sql` will not find this process.", metadata: ["reason": "\(error)"])
      }
      let note = port == wanted ? "" : " (port \(wanted) is taken)"
      // The status line may stand where this goes.
      let wipe = isatty(STDERR_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 ? LogOutput.wipe : ""
      FileHandle.standardOutput.write(Data("\(wipe)Dashboard: http://127.0.0.1:\(port)\(note)\n".utf8))
    }
  }

  private static func randomToken() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<32).map { _ in String(UInt8.random(in: 16 ... .max, using: &generator), radix: 16) }.joined()
  }

  /// Whether intake takes events now.
  private func admission(_ rooms: PipelineRooms, monitor: PipelineMonitor, isSimulated: Bool) -> @Sendable () -> Admission {
    let limit = Int64(settings.integer("intake.max_backlog"))
    return {
      if isSimulated {
        return .refuse(reason: "this store holds simulated hospitals and takes no real feed; start with --no-simulator and another --data-dir")
      }
      return monitor.lag > limit ? .throttle(retryAfterSeconds: 5) : .accept
    }
  }
}
