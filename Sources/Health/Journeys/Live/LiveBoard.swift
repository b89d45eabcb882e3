/// The hospitals and departments whose patients are counted, as the dimensions hold them.
public struct LiveBoard: Sendable {
  public struct Hospital: Sendable, Equatable {
    public var hospitalID: Int32
    public var name: String
    public var timeZone: String

    public init(hospitalID: Int32, name: String, timeZone: String) {
      self.hospitalID = hospitalID
      self.name = name
      self.timeZone = timeZone
    }
  }

  /// A department under one name, with all its validities.
  public struct Department: Sendable {
    public var hospitalID: Int32
    public var name: String
    public var versions: [Version] = []
  }

  /// One validity of a department; instants are microseconds since 1970.
  public struct Version: Sendable, Equatable {
    public var specialty: String?
    public var isMapped: Bool
    public var staffedBeds: Int
    public var closedBeds: Int
    public var effectiveFrom: Int64
    /// `nil`: for ever.
    public var effectiveTo: Int64?

    public init(specialty: String?, isMapped: Bool, staffedBeds: Int, closedBeds: Int, effectiveFrom: Int64, effectiveTo: Int64?) {
      self.specialty = specialty
      self.isMapped = isMapped
      self.staffedBeds = staffedBeds
      self.closedBeds = closedBeds
      self.effectiveFrom = effectiveFrom
      self.effectiveTo = effectiveTo
    }

    func isValid(at instant: Int64) -> Bool { effectiveFrom <= instant && effectiveTo.map { $0 > instant } ?? true }
  }

  /// In the order in which they are shown.
  public var hospitals: [Hospital] = []
  public private(set) var departments: [Department] = []
  private var places: [Int32: [String: Int]] = [:]

  public init() {}

  /// Adds a validity. Departments are shown in the order in which they are added.
  public mutating func add(_ version: Version, hospitalID: Int32, department: String) {
    let place = place(hospitalID, department) ?? departments.count
    if place == departments.count {
      departments.append(Department(hospitalID: hospitalID, name: department))
      places[hospitalID, default: [:]][department] = place
    }
    departments[place].versions.append(version)
  }

  /// The department's place in ``departments``; `nil` if there is none of this name.
  public func place(_ hospitalID: Int32, _ department: String) -> Int? { places[hospitalID]?[department] }
}
