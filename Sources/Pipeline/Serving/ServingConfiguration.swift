/// How the server listens and what it gives out.
public struct ServingConfiguration: Sendable {
  public var host = "127.0.0.1"
  public var port = 8080
  /// Take the next free port if `port` is taken; otherwise that is an error.
  public var takesNextFreePort = true
  /// The folder with `index.html`; `nil` serves no dashboard.
  public var dashboardDirectory: String?
  /// ECharts as it came from its package, served as `/vendor/echarts.min.js`.
  public var chartLibrary: String?
  /// The OpenAPI document, served as `/openapi.yaml`.
  public var openAPIDocument: String?
  /// Who may do what. Without any token with the right to read, everyone who reaches the address may read; that is
  /// refused on any address but loopback.
  public var tokens: [AccessToken] = []
  /// Names under which the server may be asked besides its own address; a page of another site cannot pose as us.
  public var allowedHosts: [String] = []
  /// Most live streams at once.
  public var maximumViewers = 500
  /// Whether the store holds a simulated hospital; every answer then says so.
  public var isSimulated = false
  /// Hospital seconds per wall-clock second; 1 unless simulated or replayed.
  public var speed = 1.0
  /// A hospital that sent nothing for longer is called silent.
  public var silentAfter: Duration = .seconds(300)
  /// Queries of the dashboard that take longer are stopped.
  public var queryTimeLimit: Duration = .seconds(10)
  /// A user's SQL that takes longer is stopped.
  public var sqlTimeLimit: Duration = .seconds(30)
  /// Most rows that a user's SQL returns.
  public var sqlRowLimit = 100_000
  public var rules: [QualityRule] = []

  public init() {}

  var needsTokenToRead: Bool { tokens.contains { $0.rights.contains(.read) && !$0.secret.isEmpty } }

  /// - Throws: ``ServingError/authenticationMissing(host:)`` for an address that others reach and no way to tell who they are.
  func validate() throws {
    guard Loopback.contains(host) || needsTokenToRead else { throw ServingError.authenticationMissing(host: host) }
    guard (0...65_535).contains(port) else { throw ServingError.portOutOfRange(port) }
  }
}
