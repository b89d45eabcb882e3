/// What the configuration says of a hospital, beside its departments.
public struct HospitalSetting: Sendable, Hashable {
  public var hospitalID: Int
  public var name: String
  public var timeZone: String
  /// The hospital never confirms discharges: an expected one counts when its time has come.
  public var presumesDischarge: Bool

  public init(hospitalID: Int, name: String, timeZone: String, presumesDischarge: Bool = false) {
    self.hospitalID = hospitalID
    self.name = name
    self.timeZone = timeZone
    self.presumesDischarge = presumesDischarge
  }
}
