/// Where a movement came from.
public struct MovementSource: Hashable, Sendable {
  public var system: String
  public var format: String
  public var messageID: String?

  public init(system: String, format: String, messageID: String? = nil) {
    self.system = system
    self.format = format
    self.messageID = messageID
  }
}
