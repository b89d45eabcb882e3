import EventHub
import Foundation
import Lakehouse
import Logging
import ServiceLifecycle
import Synchronization

/// Tries to open hub and store until it succeeds, after the store's engine gave up for want of room on the disk.
final class Reopening: Service {
  private let settings: Settings
  private let logger: Logger
  private let succeeded = Atomic<Bool>(false)

  init(settings: Settings, logger: Logger) {
    self.settings = settings
    self.logger = logger
  }

  /// Whether hub and store can be used again.
  var isReady: Bool { succeeded.load(ordering: .relaxed) }

  func run() async throws {
    while (try? await cancelWhenGracefulShutdown({ try await Task.sleep(for: .seconds(1)) })) != nil, !Task.isShuttingDownGracefully {
      do {
        // Opening writes a little, so a disk that is still full is found out here.
        let rooms = try PipelineRooms(settings, isSimulated: nil, logger: logger)
        let hasRoom = rooms.store.hasRoomToFold
        try await rooms.hub.close()
        guard hasRoom else { continue }
        succeeded.store(true, ordering: .relaxed)
        return
      } catch {
        logger.error("Hub or store can't be opened yet; it is tried again.", metadata: ["reason": "\(error)"])
      }
    }
  }
}
