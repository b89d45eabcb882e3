/// One event of an `application/vnd.microsoft.servicebus.json` batch.
public struct BatchItem: Sendable, Hashable {
  public var body: [UInt8]
  public var partitionKey: String?

  public init(body: [UInt8], partitionKey: String? = nil) {
    self.body = body
    self.partitionKey = partitionKey
  }
}
