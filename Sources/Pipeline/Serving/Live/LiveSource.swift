public import Journeys

/// Where figures of this moment come from before the store has them.
public protocol LiveSource: Sendable {
  /// `nil` while they have to be asked of the store.
  func picture() async -> LivePicture?
  /// Each element says that the figures have changed; several at once are told once.
  func changes() -> AsyncStream<Void>
}
