import DuckDB
import EventHub
import Foundation
import Hospital
import Lakehouse
import Logging
import ServiceLifecycle

/// What is done beside the way of the data: the hub's retention, and the network file read again when it changes.
struct Housekeeping: Service {
  let folder: DataFolder
  let hub: EventHub
  let readers: ConnectionPool
  let monitor: PipelineMonitor
  /// The network file; `nil` for a simulated store, whose hospitals are the simulator's.
  let networkFile: String?
  let logger: Logger
  /// Takes names, zones and the like of the hospitals into the store.
  let setHospitals: @Sendable ([HospitalSetting]) async throws -> Void

  func run() async throws {
    var modified = networkFile.flatMap(Self.modificationDate)
    var turns = 0
    while (try? await cancelWhenGracefulShutdown({ try await Task.sleep(for: .seconds(2)) })) != nil, !Task.isShuttingDownGracefully {
      turns += 1
      if turns % 30 == 0 { await enforceRetention() }
      guard let networkFile, let now = Self.modificationDate(networkFile), now != modified else { continue }
      modified = now
      await reload(networkFile)
    }
  }

  /// Old segments go once the store has taken what they hold.
  private func enforceRetention() async {
    do { _ = try await hub.enforceRetention(floor: monitor.committedOffsets, now: Int64(Date().timeIntervalSince1970 * 1000)) } catch {
      logger.warning("The hub's retention could not be enforced; it is tried again.", metadata: ["reason": "\(error)"])
    }
  }

  /// Sends what has changed as dated events through the hub, so that a rebuild keeps the history.
  private func reload(_ path: String) async {
    do {
      let file = try NetworkFile(path: path)
      // First what a hospital is, then the dated news of its departments: their events find it known.
      try await setHospitals(file.settings)
      let known = try await readers.withConnection { try WorkingStore.departments(on: $0) }
      let count = try await DepartmentNews(folder: folder, hub: hub).announce(file.network, known: known)
      logger.info("The network file was read again.", metadata: ["changed_departments": "\(count)"])
    } catch {
      logger.warning("The changed network file is not used; the one before stays.", metadata: ["reason": "\(error)"])
    }
  }

  private static func modificationDate(_ path: String) -> Date? {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
  }
}
