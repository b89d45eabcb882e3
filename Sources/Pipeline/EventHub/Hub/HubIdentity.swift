/// What makes a directory this hub: its id, so that a new hub is never taken for an old one with the same offsets, and
/// its number of partitions.
struct HubIdentity: Sendable {
  var id: String
  var partitions: Int

  static func file(in directory: String, _ files: any LogFileSystem) -> StateFile {
    StateFile(files: files, directory: directory, name: "hub", title: "patientflow-hub 1")
  }

  static func open(in directory: String, _ files: any LogFileSystem, partitions: Int) throws(HubError) -> HubIdentity {
    let file = file(in: directory, files)
    guard let lines = try file.read() else {
      let halves = [UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max)]
      let id = halves.map { half in
        let text = String(half, radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
      }.joined()
      try file.write(["id \(id)", "partitions \(partitions)"])
      return HubIdentity(id: id, partitions: partitions)
    }
    guard lines.count == 2, lines[0].hasPrefix("id "), lines[1].hasPrefix("partitions "),
      let stored = Int(lines[1].dropFirst(11))
    else { throw HubError(.corrupt, "the file hub is damaged") }
    guard stored == partitions else {
      throw HubError(.configuration, "the hub was made with \(stored) partitions, the configuration asks for \(partitions)")
    }
    return HubIdentity(id: String(lines[0].dropFirst(3)), partitions: stored)
  }
}
