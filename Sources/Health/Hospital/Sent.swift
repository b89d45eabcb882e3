/// A field as a sender sends it: a value, or one of the ways in which senders fail to give one.
public enum Sent<Value: Sendable>: Sendable {
  /// The field is not there.
  case absent
  /// The field is there and null.
  case null
  case value(Value)
  /// The field is there with a text in the value's place.
  case text(String)
}

extension Sent: Equatable where Value: Equatable {}
extension Sent: Hashable where Value: Hashable {}
