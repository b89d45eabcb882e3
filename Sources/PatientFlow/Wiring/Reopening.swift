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
  private let opened = Mutex<PipelineRooms?>(nil)

  init(settings: Settings, logger: Logger) {
    self.settings = settings
    self.logger = logger
  }

  /// Hub and store, once they can be used again. They stay open, so that no other command takes them in between.
  var rooms: PipelineRooms? { opened.withLock { $0 } }

  func run() async throws {
    while (try? await cancelWhenGracefulShutdown({ try await Task.sleep(for: .seconds(1)) })) != nil, !Task.isShuttingDownGracefully {
      do {
        // Opening writes a little, so a disk that is still full is found out here.
        let rooms = try PipelineRooms(settings, isSimulated: nil, logger: logger)
        // Told to stop while the log was replayed: the loop ends, and nothing is left open.
        guard rooms.store.hasRoomToFold, !Task.isShuttingDownGracefully else {
          try await rooms.hub.close()
          continue
        }
        opened.withLock { $0 = rooms }
        return
      } catch {
        logger.error("Hub or store can't be opened yet; it is tried again.", metadata: ["reason": "\(error)"])
      }
    }
  }
}
