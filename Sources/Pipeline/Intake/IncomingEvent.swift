/// One event as a sender handed it over; nobody has looked into its body.
public struct IncomingEvent: Sendable, Hashable {
  /// Where the sender wants the event.
  public enum Placement: Sendable, Hashable {
    /// Anywhere; the hub takes turns.
    case any
    /// With all other events of this key, in order.
    case key(String)
    case partition(Int)
  }

  public var body: [UInt8]
  public var placement: Placement

  public init(body: [UInt8], placement: Placement = .any) {
    self.body = body
    self.placement = placement
  }
}
