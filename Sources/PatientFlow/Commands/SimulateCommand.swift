import ArgumentParser
import Foundation
import Hospital
import Simulator

/// Simulated hospitals to standard output, a file, or a hub.
struct SimulateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Write what a simulated network of hospitals sends.",
    usage: "patientflow simulate [<options>]",
    discussion: """
      The same seed, start and network give the same bytes, whatever the pace; without --start the history ends now. Without --speed or
      --rate events are written as fast as they are made. `--to hub` sends to the process that runs on the data folder, as fast as it takes
      them (429 and 503 are waited for), or else writes into the folder's hub for the next `run`.
      Examples: patientflow simulate --history 1d --start 2026-01-01T00:00:00Z > day.ndjson
                patientflow simulate --history 14d --shape stay --dirt realistic --to stays.ndjson --truth truth.json
                patientflow simulate --history 14d --rate 500 --to hub
      """)

  @OptionGroup var shared: SharedOptions
  @Option(help: "Seed of the hospitals.") var seed: UInt64 = 1
  @Option(help: "stay, movement or mixed.") var shape: String = "mixed"
  @Option(help: "First instant, ISO 8601 in UTC such as 2026-01-01T00:00:00Z (now, less the history).") var start: String?
  @Option(help: "Only what is sent after this instant, byte for byte as if all before it had been written.") var resume: String?
  @Option(help: "How much hospital time to play, such as 14d.") var history: String = "14d"
  @Option(help: "Stop after this many events (with --truth some more: what they have told half of).") var count: Int?
  @Option(help: "Hospital time for real time; paces the output.") var speed: Double?
  @Option(help: "Events per second; paces the output whatever its times say.") var rate: Double?
  @Option(help: "normal, flu-surge or bed-closure; it begins a day after the start.") var scenario: String = "normal"
  @Option(help: "clean or realistic.") var dirt: String = "clean"
  @Option(help: "stdout, hub, or a file (- is stdout).") var to: String = "stdout"
  @Option(help: "Write what a perfect pipeline must find to this file.") var truth: String?

  func run() async throws {
    let settings = try shared.settings()
    guard let shape = SimulationShape(rawValue: shape) else { throw CommandError(.usage, "--shape must be stay, movement or mixed") }
    guard let scenario = SimulationScenario(rawValue: scenario) else {
      throw CommandError(.usage, "--scenario must be normal, flu-surge or bed-closure")
    }
    guard ["clean", "realistic"].contains(dirt) else { throw CommandError(.usage, "--dirt must be clean or realistic") }
    guard let length = DurationText.seconds(history) else { throw CommandError(.usage, "--history must be a duration such as 14d") }
    if rate != nil, speed != nil { throw CommandError(.usage, "--rate and --speed exclude each other: one re-times what the other paces") }
    if let count, count <= 0 { throw CommandError(.usage, "--count must be above 0") }
    if let rate, rate <= 0 { throw CommandError(.usage, "--rate must be above 0") }
    if let speed, speed <= 0 { throw CommandError(.usage, "--speed must be above 0") }
    let begin = try start.map({ try Self.instant($0) }) ?? Int64(Date().timeIntervalSince1970 - length) / 3600 * 3_600_000_000
    let network = try NetworkFile(path: settings.text("network_file")).network
    var configuration = SimulationConfiguration(network: network, seed: seed, start: begin)
    configuration.shape = shape
    configuration.scenario = scenario
    configuration.dirt = dirt == "clean" ? .clean : .realistic
    configuration.collectsTruth = truth != nil
    var simulation = try HospitalSimulation(configuration: configuration)
    if let resume {
      let instant = try Self.instant(resume, "--resume")
      guard instant >= begin else { throw CommandError(.usage, "--resume lies before the start") }
      simulation.skip(through: instant)
    }
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
    let first = simulation.now
    var sent = 0
    while sent < count ?? .max, let event = simulation.next(through: end) {
      if let plan {
        let due = begin + .nanoseconds(plan.nanoseconds(index: sent, sentAt: event.sentAt, start: first))
        if due - .now > .milliseconds(2) {
          try await output.flush()
          try await Task.sleep(until: due)
        }
      }
      try await output.write(event)
      sent += 1
    }
    guard truth != nil else { return }
    // What the last records have told half of is told to its end, else no pipeline could find the truth.
    if count == nil { _ = simulation.advance(to: end) }
    for event in simulation.drain() { try await output.write(event) }
  }

  static func instant(_ text: String, _ option: String = "--start") throws -> Int64 {
    let formatter = ISO8601DateFormatter()
    guard let date = formatter.date(from: text) else {
      throw CommandError(.usage, "\(option) must be ISO 8601 with Z, such as 2026-01-01T00:00:00Z, not \(text)")
    }
    return Int64(date.timeIntervalSince1970 * 1e6)
  }
}
