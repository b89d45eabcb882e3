import ArgumentParser
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

/// Everything in one process.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run hub, pipeline, API and dashboard in one process.",
    discussion: """
      With --simulator seven simulated hospitals feed the hub; a store that began so stays simulated and takes no real feed.
      Without it, send events to the address that is printed: the dashboard shows a curl that works.
      Ctrl-C takes what is in the hub, commits and stops. The next run goes on where this one stopped.
      """)

  @OptionGroup var shared: SharedOptions
  @Option(help: "Port of dashboard, API and intake; the next free one if it is taken (8080).") var port: Int?
  @Option(help: "Address to listen on; any other than loopback needs server.tokens_file (127.0.0.1).") var host: String?
  @Flag(inversion: .prefixedNo, help: "Feed the hub with simulated hospitals.") var simulator: Bool?
  @Option(help: "Simulated time per real time (60: one hour a minute).") var speed: Double?
  @Option(help: "Seed of the simulated hospitals (1).") var seed: UInt64?
  @Option(help: "Simulated history of a new store, such as 14d.") var history: String?
  @Option(help: "normal, flu-surge or bed-closure.") var scenario: String?
  @Option(help: "Folder of the dashboard's files (./dashboard).") var dashboard: String?

  func run() async throws {
    let settings = try shared.settings([
      "server.port": port.map(String.init), "server.host": host, "simulator.enabled": simulator.map(String.init),
      "simulator.speed": speed.map { "\($0)" },
      "simulator.seed": seed.map(String.init), "simulator.history": history, "simulator.scenario": scenario, "dashboard_dir": dashboard,
    ])
    try await Instance(settings).run()
  }
}
