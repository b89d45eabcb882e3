import ArgumentParser
import DuckDB
import Foundation
import Hospital
import Lakehouse

/// Tries what `run` needs, before it is needed.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "doctor", abstract: "Try everything that `run` needs and say what is missing.")

  @OptionGroup var shared: SharedOptions
  @Option(help: "table, json or csv.") var output: OutputFormat = .table

  func run() async throws {
    let settings = try shared.settings()
    var failures = 0
    var rows: [[String]] = []
    func check(_ name: String, _ body: () throws -> String) {
      do { rows.append([name, "ok", try body()]) } catch {
        failures += 1
        rows.append([name, "FAILED", "\(error)"])
      }
    }
    check("engine") { "DuckDB \(Database.libraryVersion)" }
    check("models") {
      let catalog = try ModelCatalog(directory: settings.text("models_dir"))
      let problems = try ModelCheck.run(catalog)
      guard problems.isEmpty else { throw CommandError(.failure, problems.joined(separator: "; ")) }
      return "\(catalog.models.count) models, \(catalog.views.count) views"
    }
    check("network") { "\(try NetworkFile(path: settings.text("network_file")).network.hospitals.count) hospitals" }
    check("dashboard") {
      let page = settings.text("dashboard_dir") + "/index.html"
      guard FileManager.default.fileExists(atPath: page) else { throw CommandError(.failure, "\(page) is missing") }
      guard FileManager.default.fileExists(atPath: settings.text("echarts_file")) else {
        throw CommandError(.failure, "\(settings.text("echarts_file")) is missing; scripts/bootstrap build brings it")
      }
      return page
    }
    check("data folder") {
      let folder = try DataFolder(settings.text("data_dir"))
      let values = try URL(fileURLWithPath: folder.path).resourceValues(forKeys: [.volumeAvailableCapacityKey])
      return "\(folder.path), \((values.volumeAvailableCapacity ?? 0) / 1_000_000) MB free"
        + (LoopbackClient.find(folder) == nil ? "" : ", a process runs on it")
    }
    print(TableText(columns: ["check", "result", "detail"], rows: rows).text(output), terminator: "")
    if failures > 0 { throw ExitCode(1) }
  }
}
