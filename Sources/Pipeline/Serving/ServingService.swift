internal import Hummingbird
public import Logging
internal import NIOCore
internal import NIOPosix
public import ServiceLifecycle

/// The HTTP server: dashboard, API, live stream, SQL, health and metrics.
///
/// It runs until graceful shutdown, at which live streams end at once and requests in progress are finished.
public struct ServingService: Service {
  private let configuration: ServingConfiguration
  private let dependencies: ServingDependencies
  private let logger: Logger
  private let onListening: @Sendable (_ port: Int) async -> Void

  /// - Parameter onListening: called once with the port that is really listened on.
  /// - Throws: ``ServingError`` if others could reach the address and no token is configured.
  public init(
    configuration: ServingConfiguration, dependencies: ServingDependencies, logger: Logger,
    onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
  ) throws {
    try configuration.validate()
    self.configuration = configuration
    self.dependencies = dependencies
    self.logger = logger
    self.onListening = onListening
  }

  public func run() async throws {
    let port = try await freePort()
    try await application(port: port).run()
  }

  /// The application as it runs, also for tests.
  func application(port: Int) -> Application<RouterResponder<ServingContext>> {
    let parts = ServingRouter(configuration: configuration, dependencies: dependencies, logger: logger)
    return Application(
      responder: parts.router().buildResponder(),
      server: .http1(configuration: .init(idleTimeout: .seconds(120))),
      configuration: .init(address: .hostname(configuration.host, port: port), serverName: nil, backlog: 512),
      services: [parts.broadcaster],
      onServerRunning: { [onListening] channel in await onListening(channel.localAddress?.port ?? port) },
      logger: logger)
  }

  /// Tries the wanted port and those after it by listening for a moment.
  private func freePort() async throws -> Int {
    if configuration.port == 0 { return 0 }
    let ports = configuration.takesNextFreePort ? configuration.port...min(configuration.port + 99, 65_535) : configuration.port...configuration.port
    for port in ports {
      do {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
          .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
          .bind(host: configuration.host, port: port).get()
        try await channel.close()
        return port
      } catch let error as IOError where error.errnoCode == EADDRINUSE {
        continue
      }
    }
    throw configuration.takesNextFreePort ? ServingError.noFreePort(from: configuration.port) : ServingError.portTaken(configuration.port)
  }
}
