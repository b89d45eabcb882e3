import ArgumentParser
import EventHub
import Foundation
import Intake
import Lakehouse
import Logging

/// Files of events into the hub.
struct IngestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ingest",
    abstract: "Take files of events (NDJSON, plain or gzip) into the hub, and on to gold.",
    discussion: """
      One JSON object a line: stay records, movements or department changes. While `run` is running on the data folder the lines are
      sent to it; else hub and store are opened here and the lines taken on to gold before the command ends (--hub-only: only into the hub).
      Lines that are no usable event are kept too, and show up in `patientflow quality`.
      """)

  @OptionGroup var shared: SharedOptions
  @Flag(help: "Only into the hub; the next `run` takes them on.") var hubOnly = false
  @Argument(help: "Files to take in.") var files: [String]

  func run() async throws {
    let settings = try shared.settings()
    let folder = try DataFolder(settings.text("data_dir"))
    if let client = LoopbackClient.find(folder) {
      for file in files { try send(file, to: client) }
      return
    }
    let logger = Logger(label: "patientflow", factory: { _ in SwiftLogNoOpLogHandler() })
    let rooms = try PipelineRooms(settings, isSimulated: nil, logger: logger)
    if FileManager.default.fileExists(atPath: folder.simulatorFile) {
      throw CommandError(.failure, "\(folder.path) holds simulated hospitals and takes no real feed; name another folder with --data-dir")
    }
    try await rooms.announceDepartments()
    let begin = ContinuousClock.now
    var events = 0
    for file in files { events += try await append(file, to: rooms.hub) }
    if !hubOnly { try await refine(rooms) }
    try await rooms.hub.close()
    let seconds = (ContinuousClock.now - begin) / .seconds(1)
    say(String(format: "%d events in %.1f s (%.0f a second)", events, seconds, Double(events) / max(seconds, 0.001)))
  }

  private func append(_ file: String, to hub: EventHub) async throws -> Int {
    let reader = try LineReader(path: file)
    let bulk = hub.bulkWriter()
    var builder = EventBatchBuilder(reservingBytes: 1 << 20)
    var partition = 0
    var count = 0
    var progress = ProgressLine(file)
    var ready: [EventBatch] = []
    var hasMore = true
    while hasMore {
      hasMore = try reader.nextBlock { line in
        switch line {
        case .bytes(let bytes): builder.append(key: nil, value: bytes)
        case .tooLong(let number, let length, let sha256):
          builder.append(key: nil as [UInt8]?, value: RejectionEvent.tooLarge(file: file, line: number, length: length, sha256: sha256))
        }
        count += 1
        if builder.byteCount >= 1 << 20, let batch = builder.finish() { ready.append(batch) }
      }
      if !hasMore, let batch = builder.finish() { ready.append(batch) }
      for batch in ready {
        try await bulk.append(batch, partition: partition)
        partition = (partition + 1) % hub.partitionCount
      }
      ready.removeAll()
      progress.show(reader.progress)
    }
    try await bulk.flush()
    progress.end(reader.progress)
    return count
  }

  private func refine(_ rooms: PipelineRooms) async throws {
    say("Refining to gold…")
    let hub = rooms.hub
    let lakehouse = try await LakehouseService(
      store: rooms.store, schemas: rooms.schemas, pseudonymizer: rooms.pseudonymizer, source: HubSource(hub: hub),
      configuration: rooms.lakehouseConfiguration, logger: rooms.logger
    ) { result in
      try? await hub.commit(group: "$Default", offsets: Dictionary(uniqueKeysWithValues: result.nextOffsets.enumerated().map { ($0, $1) }))
    }
    try await lakehouse.catchUpAndStop()
  }

  private func send(_ file: String, to client: LoopbackClient) throws {
    let reader = try LineReader(path: file)
    var progress = ProgressLine(file)
    var batch = BatchBody()
    var hasMore = true
    while hasMore {
      hasMore = try reader.nextBlock { line in
        switch line {
        case .bytes(let bytes):
          // JSON holds text only; a line that is no UTF-8 goes by itself, as it is.
          guard let text = String(validating: bytes, as: UTF8.self) else { return try post(Data(bytes), "application/octet-stream", client) }
          batch.add(text)
        case .tooLong(let number, let length, let sha256):
          batch.add(String(decoding: RejectionEvent.tooLarge(file: file, line: number, length: length, sha256: sha256), as: UTF8.self))
        }
        if batch.size > 2 << 20 { try post(try batch.take(), ServiceBusBatch.contentType, client) }
      }
      progress.show(reader.progress)
    }
    if batch.size > 0 { try post(try batch.take(), ServiceBusBatch.contentType, client) }
    progress.end(reader.progress)
  }

  private func post(_ body: Data, _ type: String, _ client: LoopbackClient) throws {
    for attempt in 0... {
      let answer = try client.send("POST", "/patient-flow/messages", body: body, type: type)
      switch answer.status {
      case 201: return
      case 429 where attempt < 600, 503 where attempt < 600: sleep(1)
      default:
        throw CommandError(.failure, "the running process refused the events (\(answer.status)): \(String(decoding: answer.body, as: UTF8.self))")
      }
    }
  }

  private func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}

/// Lines as the batch body of the Event Hubs REST API.
private struct BatchBody {
  private struct Item: Encodable {
    let Body: String
  }
  private var items: [Item] = []
  private(set) var size = 0

  mutating func add(_ text: String) {
    items.append(Item(Body: text))
    size += text.utf8.count + 12
  }

  mutating func take() throws -> Data {
    defer {
      items = []
      size = 0
    }
    return try JSONEncoder().encode(items)
  }
}
