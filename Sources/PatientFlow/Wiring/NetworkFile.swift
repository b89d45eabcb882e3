import Foundation
import Hospital
import Lakehouse
import Yams

/// `config/hospitals.yaml`.
struct NetworkFile: Sendable {
  let network: HospitalNetwork
  let settings: [HospitalSetting]

  private struct File: Decodable {
    struct Extra: Decodable {
      var id: Int
      var presume_discharge: Bool?
    }
    var hospitals: [Extra]
  }

  init(path: String) throws {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw CommandError(.failure, "can't read the network file \(path); name it with --set network_file=FILE")
    }
    let extra: File
    do {
      network = try YAMLDecoder().decode(HospitalNetwork.self, from: text)
      extra = try YAMLDecoder().decode(File.self, from: text)
    } catch {
      throw CommandError(.failure, "\(path): \(NetworkFileFault(text).sentence(error))")
    }
    let problems =
      network.problems
      + network.hospitals.filter { TimeZone(identifier: $0.timeZone) == nil }.map {
        "Hospital \($0.id): the time zone \($0.timeZone) is unknown."
      }
    guard problems.isEmpty else { throw CommandError(.failure, "\(path):\n" + problems.map { "  " + $0 }.joined(separator: "\n")) }
    let presumed = Dictionary(extra.hospitals.map { ($0.id, $0.presume_discharge ?? false) }, uniquingKeysWith: { $1 })
    settings = network.hospitals.map {
      HospitalSetting(hospitalID: $0.id, name: $0.name, timeZone: $0.timeZone, presumesDischarge: presumed[$0.id] ?? false)
    }
  }
}
