import ArgumentParser
import EventHub
import Foundation
import Hospital
import Logging
import Simulator

/// Simulated hospitals to standard output, a file, or a hub.
struct SimulateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Write what a simulated network of hospitals sends.",
    discussion: """
      The same seed and start give the same bytes. Without --speed or --rate events are written as fast as they are made.
      Example: patientflow simulate --history 14d --shape stay --to day.ndjson --truth truth.json
      """)

  @OptionGroup var shared: SharedOptions
  @Option(help: "Seed of the hospitals.") var seed: UInt64 = 1
  @Option(help: "stay, movement or mixed.") var shape: String = "mixed"
  @Option(help: "First instant, ISO 8601 in UTC such as 2026-01-01T00:00:00Z (now, less the history).") var start: String?
  @Option(help: "How much hospital time to play, such as 14d.") var history: String = "14d"
  @Option(help: "Stop after this many events.") var count: Int?
  @Option(help: "Hospital time for real time; paces the output.") var speed: Double?
  @Option(help: "Events per second; paces the output whatever its times say.") var rate: Double?
  @Option(help: "normal, flu-surge or bed-closure.") var scenario: String = "normal"
  @Option(help: "clean or realistic.") var dirt: String = "clean"
  @Option(help: "stdout, hub, or a file.") var to: String = "stdout"
  @Option(help: "Write what a perfect pipeline must find to this file.") var truth: String?

  func run() async throws {
    let settings = try shared.settings()
    guard let shape = SimulationShape(rawValue: shape) else { throw CommandError(.usage, "--shape must be stay, movement or mixed") }
    guard let scenario = SimulationScenario(rawValue: scenario) else {
      throw CommandError(.usage, "--scenario must be normal, flu-surge or bed-closure")
    }
    guard ["clean", "realistic"].contains(dirt) else { throw CommandError(.usage, "--dirt must be clean or realistic") }
    guard let length = DurationText.seconds(history) else { throw CommandError(.usage, "--history must be a duration such as 14d") }
    if let rate, rate <= 0 { throw CommandError(.usage, "--rate must be above 0") }
    if let speed, speed <= 0 { throw CommandError(.usage, "--speed must be above 0") }
    let begin = try start.map(Self.instant) ?? Int64(Date().timeIntervalSince1970 - length) / 3600 * 3_600_000_000
    let network = try NetworkFile(path: settings.text("network_file")).network
    var configuration = SimulationConfiguration(network: network, seed: seed, start: begin)
    configuration.shape = shape
    configuration.scenario = scenario
    configuration.dirt = dirt == "clean" ? .clean : .realistic
    configuration.collectsTruth = truth != nil
    var simulation = try HospitalSimulation(configuration: configuration)
    let output = try await EventOutput(to, settings: settings)
    let plan: RatePlan? = rate.map { .rate($0) } ?? speed.map { .speed($0) }
    let end = begin + Int64(length * 1e6)
    try await play(&simulation, until: end, plan: plan, output: output)
    try await output.finish()
    if let truth {
      guard let found = simulation.truth() else { throw CommandError(.failure, "the simulation kept no truth") }
      try JSONEncoder().encode(found).write(to: URL(fileURLWithPath: truth))
    }
  }

  private func play(_ simulation: inout HospitalSimulation, until end: Int64, plan: RatePlan?, output: EventOutput) async throws {
    let begin = ContinuousClock.now
    var sent = 0
    var instant = simulation.configuration.start
    let step = plan == nil ? CivilTime.hour : CivilTime.minute
    while instant < end, sent < count ?? .max {
      instant = min(end, instant + step)
      for event in simulation.advance(to: instant) {
        if sent == count ?? .max { return }
        if let plan {
          let due = begin + .nanoseconds(plan.nanoseconds(index: sent, sentAt: event.sentAt, start: simulation.configuration.start))
          if due - .now > .milliseconds(2) {
            try await output.flush()
            try await Task.sleep(until: due)
          }
        }
        try await output.write(event)
        sent += 1
      }
    }
    if truth != nil { for event in simulation.drain() { try await output.write(event) } }
  }

  static func instant(_ text: String) throws -> Int64 {
    let formatter = ISO8601DateFormatter()
    guard let date = formatter.date(from: text) else { throw CommandError(.usage, "--start must be ISO 8601 such as 2026-01-01T00:00:00Z") }
    return Int64(date.timeIntervalSince1970 * 1e6)
  }
}

/// Where simulated events go.
final class EventOutput {
  private enum Target {
    case file(FileHandle)
    case hub(EventHub)
  }

  private let target: Target
  private var lines: [UInt8] = []
  private var events = EventBuffer()

  init(_ name: String, settings: Settings) async throws {
    switch name {
    case "stdout", "-": target = .file(.standardOutput)
    case "hub":
      let folder = try DataFolder(settings.text("data_dir"))
      if LoopbackClient.find(folder) != nil {
        throw CommandError(.failure, "a process runs on \(folder.path); stop it first, or send to its address")
      }
      var configuration = EventHubConfiguration()
      configuration.partitions = settings.integer("hub.partitions")
      target = .hub(try EventHub.open(directory: folder.hub, configuration: configuration, logger: .init(label: "patientflow")))
    default:
      guard FileManager.default.createFile(atPath: name, contents: nil), let handle = FileHandle(forWritingAtPath: name) else {
        throw CommandError(.failure, "can't write \(name)")
      }
      target = .file(handle)
    }
  }

  func write(_ event: SimulatedEvent) async throws {
    switch target {
    case .file:
      lines += event.body
      lines.append(0x0a)
      if lines.count > 1 << 18 { try await flush() }
    case .hub:
      events.append(key: event.key, value: event.body)
      if events.byteCount > 1 << 20 { try await flush() }
    }
  }

  func flush() async throws {
    switch target {
    case .file(let handle):
      if !lines.isEmpty { try handle.write(contentsOf: Data(lines)) }
      lines.removeAll(keepingCapacity: true)
    case .hub(let hub):
      if !events.isEmpty { _ = try await hub.append(events) }
      events = EventBuffer()
    }
  }

  func finish() async throws {
    try await flush()
    if case .hub(let hub) = target { try await hub.close() }
  }
}
