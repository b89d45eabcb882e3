/// What facts look up: the hospitals and their departments, as the dimensions hold them now.
public struct FlowDimensions: Sendable {
  /// One validity of a department.
  public struct Department: Sendable {
    public var key: Int64
    public var name: String
    public var effectiveFrom: Int64
    public var effectiveTo: Int64

    public init(key: Int64, name: String, effectiveFrom: Int64, effectiveTo: Int64) {
      self.key = key
      self.name = name
      self.effectiveFrom = effectiveFrom
      self.effectiveTo = effectiveTo
    }
  }

  public struct Hospital: Sendable {
    /// The hospital's part of `time_key`.
    public var zoneKey: Int64
    /// Whether expected discharges that pass unconfirmed count as discharges.
    public var presumesDischarge: Bool
    /// The key of the row for departments that nobody announced.
    public var unmappedKey: Int64?
    /// Validities by ``LetterCase/lower(_:)`` of the name.
    public var departments: [String: [Department]] = [:]

    public init(zoneKey: Int64, presumesDischarge: Bool, unmappedKey: Int64?) {
      self.zoneKey = zoneKey
      self.presumesDischarge = presumesDischarge
      self.unmappedKey = unmappedKey
    }

    func department(_ lowerName: String?, at instant: Int64) -> Department? {
      guard let lowerName, let versions = departments[lowerName] else { return nil }
      return versions.first { $0.effectiveFrom <= max(instant, Eternity.past) && $0.effectiveTo > instant }
    }

    /// The name a department goes by, whatever its validity; `unmapped` for those that nobody announced.
    func name(_ lowerName: String) -> String {
      departments[lowerName]?.map(\.name).max { LetterCase.isBefore($0, $1) } ?? FlowDimensions.unmapped
    }
  }

  public static let unmapped = "unmapped"
  public var hospitals: [Int32: Hospital]

  public init(hospitals: [Int32: Hospital] = [:]) { self.hospitals = hospitals }
}
