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
    usage: "patientflow ingest [<options>] <file> ...",
    discussion: """
      One JSON object a line: stay records, movements or department changes. While `run` is running on the data folder the lines are
      sent to it; else hub and store are opened here and the lines taken on to gold before the command ends (--hub-only: only into the hub).
      Lines that are no usable event are kept too, and show up in `patientflow quality`. Of a file that can't be read to its end the
      whole lines before that are taken, the other files are taken too, and the command ends with 1.
      Example: patientflow simulate --history 1d --to day.ndjson && patientflow ingest --data-dir my-data day.ndjson
      """)

  @OptionGroup var shared: SharedOptions
  @Flag(help: "Only into the hub; the next `run` takes them on.") var hubOnly = false
  @Argument(help: "Files to take in.") var files: [String]

  func run() async throws {
    let settings = try shared.settings()
    // Before a folder is made or a first file taken in.
    // One file that can't be read does not keep the others out.
    if files.allSatisfy({ access($0, R_OK) != 0 }), let file = files.first {
      throw CommandError(.failure, "can't read \(file): \(String(cString: strerror(errno)))")
    }
    let folder = try DataFolder(settings.text("data_dir"))
    if let client = LoopbackClient.find(folder) {
      var failures = 0
      for file in files {
        let reader: LineReader
        do { reader = try LineReader(path: file) } catch {
          failures += 1
          say("patientflow: \(error)")
          continue
        }
        if let error = try await send(file, reader, to: client) {
          failures += 1
          say(Self.partly(error, lines: reader.lineNumber))
        }
      }
      return try Self.end(failures)
    }
    let logger = try shared.logger(settings)
    var rooms: PipelineRooms? = try PipelineRooms(settings, isSimulated: nil, logger: logger)
    if FileManager.default.fileExists(atPath: folder.simulatorFile) {
      throw CommandError(.failure, "\(folder.path) holds simulated hospitals and takes no real feed; name another folder with --data-dir")
    }
    try await rooms?.announceDepartments()
    let begin = ContinuousClock.now
    let (events, failures) = try await appendFiles(to: rooms?.hub)
    if hubOnly { try await rooms?.hub.close() } else { try await refine(&rooms, settings, logger) }
    let seconds = (ContinuousClock.now - begin) / .seconds(1)
    say(String(format: "%d events in %.1f s (%.0f a second)", events, seconds, Double(events) / max(seconds, 0.001)))
    try Self.end(failures)
  }

  private func appendFiles(to hub: EventHub?) async throws -> (events: Int, failures: Int) {
    guard let hub else { return (0, 0) }
    var events = 0
    var failures = 0
    for file in files {
      let reader: LineReader
      do { reader = try LineReader(path: file) } catch {
        failures += 1
        say("patientflow: \(error)")
        continue
      }
      let (count, error) = try await append(file, reader, to: hub)
      events += count
      if let error {
        failures += 1
        say(Self.partly(error, lines: reader.lineNumber))
      }
    }
    return (events, failures)
  }

  private static func partly(_ error: FileIntakeError, lines: Int) -> String {
    "patientflow: \(error); the \(lines) whole lines before that were taken"
  }

  private static func end(_ failures: Int) throws {
    if failures > 0 { throw ExitCode(1) }
  }

  /// - Returns: the events taken, and why the file could not be read to its end.
  private func append(_ file: String, _ reader: LineReader, to hub: EventHub) async throws -> (events: Int, error: FileIntakeError?) {
    let bulk = hub.bulkWriter()
    var builder = EventBatchBuilder(reservingBytes: 1 << 20)
    var partition = 0
    var count = 0
    var progress = ProgressLine(file)
    var ready: [EventBatch] = []
    var hasMore = true
    var failure: FileIntakeError?
    while hasMore {
      hasMore = try Self.block(of: reader, &failure) { line in
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
    return (count, failure)
  }

  /// Like `nextBlock`, but the end of what can be read of a damaged file is told apart from what fails in taking its lines.
  private static func block(of reader: LineReader, _ failure: inout FileIntakeError?, _ body: (LineReader.Line) throws -> Void) throws -> Bool {
    do { return try reader.nextBlock(body) } catch let error as FileIntakeError {
      failure = error
      return false
    }
  }

  /// Takes on to gold what the hub holds. If the store's engine finds no memory, it is opened anew and less is taken at a time, as `run` does.
  /// - Parameter rooms: hub and store, which are closed by this.
  private func refine(_ rooms: inout PipelineRooms?, _ settings: Settings, _ logger: Logger) async throws {
    say("Refining to gold…")
    let shortage = MemoryShortage()
    var attempts = 0
    while true {
      do {
        return try await refineOnce(try rooms.take() ?? PipelineRooms(settings, isSimulated: nil, logger: logger), shortage)
      } catch let error as LakehouseError where error.code == .storeLost {
        attempts += 1
        shortage.failed()
        // From a quarter of a million records at a time to two thousand.
        guard attempts < 8 else { throw error }
        say("patientflow: \(error); the store is opened anew and takes less at a time. Nothing is lost.")
      }
    }
  }

  private func refineOnce(_ rooms: PipelineRooms, _ shortage: MemoryShortage) async throws {
    let hub = rooms.hub
    do {
      try await refine(rooms, shortage)
    } catch {
      // The first error is the one to tell.
      try? await hub.close()
      throw error
    }
    try await hub.close()
  }

  private func refine(_ rooms: PipelineRooms, _ shortage: MemoryShortage) async throws {
    let hub = rooms.hub
    let lakehouse = try await rooms.lakehouse(shortage: shortage) { result in
      try? await hub.commit(group: "$Default", offsets: Dictionary(uniqueKeysWithValues: result.nextOffsets.enumerated().map { ($0, $1) }))
    }
    try await lakehouse.catchUpAndStop()
  }

  /// - Returns: why the file could not be read to its end.
  private func send(_ file: String, _ reader: LineReader, to client: LoopbackClient) async throws -> FileIntakeError? {
    let sender = EventSender(client)
    var progress = ProgressLine(file)
    var lines: [[UInt8]] = []
    var hasMore = true
    var failure: FileIntakeError?
    while hasMore {
      hasMore = try Self.block(of: reader, &failure) { line in
        switch line {
        case .bytes(let bytes): lines.append(Array(bytes))
        case .tooLong(let number, let length, let sha256):
          lines.append(RejectionEvent.tooLarge(file: file, line: number, length: length, sha256: sha256))
        }
      }
      for line in lines { try await sender.add(line) }
      lines.removeAll(keepingCapacity: true)
      progress.show(reader.progress)
    }
    try await sender.flush()
    progress.end(reader.progress)
    return failure
  }

  private func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
