/// A department as the store knows it now.
public struct StoredDepartment: Sendable, Hashable {
  public let hospitalID: Int
  public let name: String
  public let specialty: String
  public let staffedBeds: Int
  public let closedBeds: Int
  public let staff: Int
}
