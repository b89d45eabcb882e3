import EventHub
import Foundation
import Logging
import Simulator

/// Where simulated events go: a file, the hub of a data folder, or the process that runs on it.
final class EventOutput {
  private enum Target {
    case file(FileHandle)
    case hub(EventHub)
    case process(EventSender)
  }

  private let target: Target
  private var lines: [UInt8] = []
  private var events = EventBuffer()

  init(_ name: String, settings: Settings) async throws {
    switch name {
    case "stdout", "-": target = .file(.standardOutput)
    case "hub":
      let folder = try DataFolder(settings.text("data_dir"))
      if let client = LoopbackClient.find(folder) {
        target = .process(EventSender(client))
        return
      }
      var configuration = EventHubConfiguration()
      configuration.partitions = settings.integer("hub.partitions")
      do {
        let logger = Logger(label: "patientflow", factory: { _ in SwiftLogNoOpLogHandler() })
        target = .hub(try EventHub.open(directory: folder.hub, configuration: configuration, logger: logger))
      } catch {
        guard error.code == .locked else { throw error }
        throw CommandError(.failure, "another process uses the data folder \(folder.path); stop it, or name another with --data-dir")
      }
    default:
      guard FileManager.default.createFile(atPath: name, contents: nil), let handle = FileHandle(forWritingAtPath: name) else {
        throw CommandError(.failure, "can't write \(name); is there such a folder?")
      }
      target = .file(handle)
    }
  }

  func write(_ event: SimulatedEvent) async throws {
    switch target {
    case .file:
      lines += event.body
      lines.append(0x0a)
      if lines.count > 1 << 18 { try await flush() }
    case .hub:
      events.append(key: event.key, value: event.body)
      if events.byteCount > 1 << 20 { try await flush() }
    case .process(let sender): try await sender.add(event.body, key: String(decoding: event.key, as: UTF8.self))
    }
  }

  func flush() async throws {
    switch target {
    case .file(let handle):
      if !lines.isEmpty { try handle.write(contentsOf: Data(lines)) }
      lines.removeAll(keepingCapacity: true)
    case .hub(let hub):
      if !events.isEmpty { try await append(hub) }
      events = EventBuffer()
    case .process(let sender): try await sender.flush()
    }
  }

  /// A hub that has no room now is waited for; what it took is never sent twice.
  private func append(_ hub: EventHub) async throws {
    for attempt in 0... {
      do {
        _ = try await hub.append(events)
        return
      } catch {
        guard error.isRetryable, attempt < 60 else { throw error }
        try await Task.sleep(for: .seconds(error.retryAfterSeconds ?? 1))
      }
    }
  }

  func finish() async throws {
    try await flush()
    if case .hub(let hub) = target { try await hub.close() }
  }
}
