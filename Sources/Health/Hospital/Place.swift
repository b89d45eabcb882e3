/// A place in a hospital, as far as it is known.
public struct Place: Hashable, Sendable {
  public var department: String
  public var room: String?
  public var bed: String?

  public init(department: String, room: String? = nil, bed: String? = nil) {
    self.department = department
    self.room = room
    self.bed = bed
  }

  func encode(as name: StaticString, into json: inout JSONBuffer) {
    json.openObject(name)
    json.field("department", department)
    json.field("room", room)
    json.field("bed", bed)
    json.closeObject()
  }
}
