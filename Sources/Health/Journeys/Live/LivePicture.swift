/// The figures of one moment: what the next live frame shows.
public struct LivePicture: Sendable {
  public struct Department: Sendable {
    public var hospitalID: Int32
    public var name: String
    public var version: LiveBoard.Version
    public var counts: LiveCounts
  }

  /// The hospital's now, microseconds since 1970.
  public var now: Int64
  public var isSimulated: Bool
  /// The store's last batch when the figures were begun from it.
  public var batch: Int64
  /// Wall clock at which the newest record was counted, microseconds since 1970.
  public var madeAt: Int64
  /// When the hub took the newest record up to which all are in these figures, microseconds since 1970; `nil`: not known.
  public var acceptedThrough: Int64?
  public var hospitals: [LiveBoard.Hospital]
  public var departments: [Department]

  /// - Parameter midnights: each hospital's last local midnight, microseconds since 1970.
  public init(
    _ board: LiveBoard, visits: some Sequence<LiveVisit>, now: Int64, midnights: [Int32: Int64], isSimulated: Bool, batch: Int64, madeAt: Int64,
    acceptedThrough: Int64?
  ) {
    self.now = now
    self.isSimulated = isSimulated
    self.batch = batch
    self.madeAt = madeAt
    self.acceptedThrough = acceptedThrough
    hospitals = board.hospitals
    let today = board.departments.map { midnights[$0.hospitalID] ?? now }
    var counts = Array(repeating: LiveCounts(), count: board.departments.count)
    for visit in visits { counts[visit.department].count(visit, at: now, today: today[visit.department]) }
    departments = board.departments.enumerated().compactMap { place, department in
      guard let version = department.versions.first(where: { $0.isValid(at: now) }) else { return nil }
      return Department(hospitalID: department.hospitalID, name: department.name, version: version, counts: counts[place])
    }
  }
}
