/// Where an event lies: the identity that bronze keeps.
public struct EventPosition: Hashable, Sendable {
  public var partition: Int
  public var offset: Int64

  public init(partition: Int, offset: Int64) {
    self.partition = partition
    self.offset = offset
  }
}
