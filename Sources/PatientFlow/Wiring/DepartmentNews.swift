import EventHub
import Foundation
import Hospital
import Lakehouse

/// Sends what the network file says of departments, and has not said before, through the hub as dated events.
struct DepartmentNews: Sendable {
  let folder: DataFolder
  let hub: EventHub

  /// - Parameter known: what the store knows of each department now.
  /// - Returns: how many events were sent.
  func announce(_ network: HospitalNetwork, known: [StoredDepartment]) async throws -> Int {
    let known = Dictionary(
      known.map { department in
        (
          DepartmentKey(department.hospitalID, department.name),
          DepartmentDescription(
            name: department.name, specialty: department.specialty, staffedBeds: department.staffedBeds, closedBeds: department.closedBeds,
            staff: department.staff)
        )
      }, uniquingKeysWith: { $1 })
    let before = try NetworkRecord.load(folder.networkFile)
    var record = before
    let events = record.update(network, known: known, at: Int64(Date().timeIntervalSince1970 * 1e6))
    if !events.isEmpty { try await send(events) }
    // Written last: after a crash between the two the same is sent once more, which changes nothing.
    if record.said != before.said { try record.save(folder.networkFile) }
    return events.count
  }

  private func send(_ changes: [DepartmentChange]) async throws {
    var buffer = EventBuffer()
    for change in changes {
      var json = JSONBuffer()
      change.encode(into: &json)
      buffer.append(key: "\(change.hospitalID)|department", value: json.bytes)
    }
    _ = try await hub.append(buffer)
  }
}
