/// A record for the hub and the simulated instant at which it is sent.
public struct SimulatedEvent: Hashable, Sendable {
  /// Microseconds since 1970.
  public var sentAt: Int64
  public var hospitalID: Int
  /// The hub record's key, `<hospital>|<patient>`; of a department `<hospital>|<department>`.
  public var key: [UInt8]
  /// One JSON object, unless it is meant to be wrong.
  public var body: [UInt8]

  public init(sentAt: Int64, hospitalID: Int, key: [UInt8], body: [UInt8]) {
    self.sentAt = sentAt
    self.hospitalID = hospitalID
    self.key = key
    self.body = body
  }
}
