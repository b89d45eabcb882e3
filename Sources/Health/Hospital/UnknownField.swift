/// A field that no schema declares; senders add them without asking.
public struct UnknownField: Sendable {
  public var name: StaticString
  public var text: String

  public init(name: StaticString, text: String) {
    self.name = name
    self.text = text
  }

  func encode(into json: inout JSONBuffer) {
    json.field(name, text)
  }
}
