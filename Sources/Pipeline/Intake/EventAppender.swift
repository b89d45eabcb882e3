/// What Intake needs from the hub, and no more.
public protocol EventAppender: Sendable {
  /// Returns when every one of the events is durable; if it throws, the sender is told that none is certain and sends again.
  /// - Throws: ``AppendError`` for what a sender can act on; anything else is answered as a fault of ours.
  func append(_ events: [IncomingEvent]) async throws
}

/// Why the hub did not take events.
public enum AppendError: Error, Sendable, Equatable {
  /// The disk is full or the hub cannot write for another reason that passes.
  case noRoom(retryAfterSeconds: Int)
  /// Too much waits to be read.
  case tooFarBehind(retryAfterSeconds: Int)
  case unknownPartition
  case tooLarge
  case shuttingDown
}
