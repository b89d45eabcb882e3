import Foundation
import Hospital

/// What the network file has said of departments so far: every event that was sent for it, in order.
///
/// The file is compared with itself and not with gold, which knows more: what a feed has said of a department since must not be taken back
/// because the file, unchanged, says something else.
struct NetworkRecord: Codable, Sendable {
  private(set) var said: [DepartmentChange] = []

  /// Before all that was ever recorded, as in `gold.dim_department`.
  static let ever = CivilTime.instant(year: 1900, month: 1, day: 1)

  init() {}

  /// The record in a data folder; an empty one if nothing was said yet.
  static func load(_ path: String) throws -> NetworkRecord {
    guard FileManager.default.fileExists(atPath: path) else { return NetworkRecord() }
    do { return try JSONDecoder().decode(NetworkRecord.self, from: Data(contentsOf: URL(fileURLWithPath: path))) } catch {
      throw CommandError(
        .failure, "\(path) is not readable: \(error.localizedDescription) Move it away: the network file is then compared with the store")
    }
  }

  func save(_ path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try DataFolder.writePrivate(try encoder.encode(self), to: path)
  }

  /// Takes in what the file says now.
  /// - Parameters:
  ///   - known: what the store knows of each department now.
  ///   - instant: the date of what has changed. A department that is new to the store has no such date: what the file says of it holds for
  ///     all time before the first dated change.
  /// - Returns: the events to send.
  mutating func update(
    _ network: HospitalNetwork, known: [DepartmentKey: DepartmentDescription], at instant: Int64
  ) -> [DepartmentChange] {
    let earlier = Dictionary(grouping: said) { DepartmentKey(Int($0.hospitalID), $0.department.name) }
    var events: [DepartmentChange] = []
    for hospital in network.hospitals {
      for department in hospital.departments {
        let key = DepartmentKey(hospital.id, department.name)
        let told = earlier[key] ?? []
        // A store that was lost, or has not come so far: the same events again, which change nothing where they are known.
        if known[key] == nil { events += told }
        guard told.last?.department != department else { continue }
        let isNew = told.isEmpty && known[key] == nil
        let change = DepartmentChange(
          eventID: "network-\(hospital.id)-\(department.name)-\(instant)", occurredAt: isNew ? Self.ever : instant, recordedAt: instant,
          hospital: hospital, department: department)
        said.append(change)
        // A store of before this record was kept knows it from the file already.
        if !told.isEmpty || known[key] != department { events.append(change) }
      }
    }
    return events
  }
}
