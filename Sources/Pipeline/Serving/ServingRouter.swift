internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// Puts the server's routes together.
struct ServingRouter: Sendable {
  let configuration: ServingConfiguration
  let dependencies: ServingDependencies
  let reader: GoldReader
  let broadcaster: LiveBroadcaster

  init(configuration: ServingConfiguration, dependencies: ServingDependencies, logger: Logger) {
    self.configuration = configuration
    self.dependencies = dependencies
    reader = GoldReader(
      pool: dependencies.pool, feed: dependencies.feed, ahead: dependencies.live, provider: dependencies.provider, configuration: configuration)
    broadcaster = LiveBroadcaster(reader: reader, logger: logger)
  }

  func router() -> Router<ServingContext> {
    let router = Router(context: ServingContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: RequestMetricsMiddleware())
    router.add(middleware: SecurityHeadersMiddleware(isSimulated: { configuration.isSimulated }))
    router.add(middleware: ProblemMiddleware())
    router.add(middleware: HostGuardMiddleware(configuration))
    router.add(middleware: AuthenticationMiddleware(configuration))
    let health = HealthRoutes(provider: dependencies.provider, metrics: dependencies.metrics)
    health.addProbes(to: router)
    dependencies.addRoutes(router)

    let sql = router.group().add(middleware: RightMiddleware(right: .sql))
    SQLRoutes(reader: SQLReader(pool: dependencies.sqlPool, configuration: configuration)).add(to: sql)

    let auditors = router.group().add(middleware: RightMiddleware(right: .restricted))
    QuarantineRoutes(replay: dependencies.replay).add(to: auditors)

    let readers = router.group().add(middleware: CompressionMiddleware()).add(middleware: RightMiddleware(right: .read))
    health.addMetrics(to: readers)
    StaticFiles(configuration).add(to: readers)
    ApiRoutes(reader: reader).add(to: readers)
    LiveRoutes(broadcaster: broadcaster).add(to: readers)
    return router
  }
}
