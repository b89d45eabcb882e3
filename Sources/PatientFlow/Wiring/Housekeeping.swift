import DuckDB
import EventHub
import Foundation
import Hospital
import Lakehouse
import Logging
import ServiceLifecycle

/// What is done beside the way of the data: the hub's retention, and the network file read again when it changes.
struct Housekeeping: Service {
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
      let rows = try await readers.query(
        "select hospital_id, department, coalesce(specialty, ''), staffed_beds, closed_beds, staff from gold.dim_department where is_current and is_mapped"
      ).rows
      var known: [DepartmentKey: DepartmentDescription] = [:]
      for row in rows {
        let description = DepartmentDescription(
          name: row[1].string ?? "", specialty: row[2].string ?? "", staffedBeds: Int(row[3].int64 ?? 0), closedBeds: Int(row[4].int64 ?? 0),
          staff: Int(row[5].int64 ?? 0))
        known[DepartmentKey(Int(row[0].int64 ?? 0), description.name)] = description
      }
      let count = try await DepartmentNews.send(file.changes(since: known, at: Int64(Date().timeIntervalSince1970 * 1e6)), to: hub)
      logger.info("The network file was read again.", metadata: ["changed_departments": "\(count)"])
    } catch {
      logger.warning("The changed network file is not used; the one before stays.", metadata: ["reason": "\(error)"])
    }
  }

  private static func modificationDate(_ path: String) -> Date? {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
  }
}

/// Department changes on their way into the hub.
enum DepartmentNews {
  /// - Returns: how many there were.
  static func send(_ changes: [DepartmentChange], to hub: EventHub) async throws -> Int {
    guard !changes.isEmpty else { return 0 }
    var buffer = EventBuffer()
    for change in changes {
      var json = JSONBuffer()
      change.encode(into: &json)
      buffer.append(key: "\(change.hospitalID)|department", value: json.bytes)
    }
    _ = try await hub.append(buffer)
    return changes.count
  }
}
