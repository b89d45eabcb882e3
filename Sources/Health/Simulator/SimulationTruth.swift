public import Hospital

/// What a perfect pipeline finds after all records that a simulation has sent. All instants are microseconds since 1970; departments
/// that are not in the network count as `unmapped`.
public struct SimulationTruth: Codable, Equatable, Sendable {
  /// A patient in one department, from in to out; or waiting for the first.
  public struct Visit: Codable, Hashable, Sendable {
    public var hospital: Int
    public var department: String
    /// As sent.
    public var patient: String
    /// As sent; nil if the feed sends none.
    public var encounter: String?
    /// Of a feed that sends no encounters the raw admission time of the last record, of which the identity is derived.
    public var rawAdmission: String?
    /// Of a feed that tells of arrivals, on the first visit.
    public var arrival: Int64?
    /// Nil while waiting, and for those who left from the waiting room.
    public var admission: Int64?
    /// The end of the visit, by transfer or discharge.
    public var discharge: Int64?
    /// On the last visit.
    public var expectedDischarge: Int64?
    public var bed: String?
    public var disposition: Disposition?
    public var isFirst: Bool
    public var isLast: Bool

    private enum CodingKeys: String, CodingKey {
      case hospital, department, patient, encounter, arrival, admission, discharge, bed, disposition
      case rawAdmission = "raw_admission"
      case expectedDischarge = "expected_discharge"
      case isFirst = "is_first"
      case isLast = "is_last"
    }
  }

  /// A department in sum.
  public struct DepartmentTotal: Codable, Hashable, Sendable {
    public var hospital: Int
    public var department: String
    /// Visits that began.
    public var visits = 0
    /// Visits that ended.
    public var completed = 0
    /// Over visits that ended, in whole seconds.
    public var lengthOfStaySeconds: Int64 = 0
    /// Patients present at the end.
    public var census = 0
    /// Patients who wait for their first bed at the end.
    public var waiting = 0

    private enum CodingKeys: String, CodingKey {
      case hospital, department, visits, completed, census, waiting
      case lengthOfStaySeconds = "length_of_stay_seconds"
    }
  }

  /// A department in one hour of UTC.
  public struct HourTotal: Codable, Hashable, Sendable {
    public var hospital: Int
    public var department: String
    public var hour: Int64
    public var admissions = 0
    public var discharges = 0
    public var transfersIn = 0
    public var transfersOut = 0

    private enum CodingKeys: String, CodingKey {
      case hospital, department, hour, admissions, discharges
      case transfersIn = "transfers_in"
      case transfersOut = "transfers_out"
    }
  }

  /// Records that a rule found; the hospital is `none` where the record names none.
  public struct RuleCount: Codable, Hashable, Sendable {
    public var rule: Rule
    public var hospital: String
    public var records: Int
  }

  /// Records with a field that the schema does not know.
  public struct Drift: Codable, Hashable, Sendable {
    public var shape: EventShape
    public var field: String
    public var records: Int
  }

  /// How often a kind of dirt could have been put in, and was; what was to come after the end counts too.
  public struct DirtCount: Codable, Hashable, Sendable {
    public var kind: DirtKind
    public var eligible: Int
    public var injected: Int
  }

  public var seed: UInt64
  public var start: Int64
  /// When the last record was sent.
  public var end: Int64
  /// Records sent, by shape.
  public var records: [String: Int]
  /// What rules find: of `duplicate` the records beyond the first, of `id_reused` the ids that came with a second content.
  public var rules: [RuleCount]
  public var drift: [Drift]
  public var dirt: [DirtCount]
  /// Stays of derived identity that were merged because an admission time was repaired.
  public var correctedStays: Int
  /// Bed stays of which another shares the bed at some instant.
  public var conflictingBedStays: Int
  /// Completed visits of more than 90 days.
  public var longVisits: Int
  /// Patients, each counted in each hospital.
  public var patients: Int
  /// Encounters with a visit.
  public var encounters: Int
  public var visits: [Visit]
  public var departments: [DepartmentTotal]
  public var hours: [HourTotal]

  private enum CodingKeys: String, CodingKey {
    case seed, start, end, records, rules, drift, dirt, patients, encounters, visits, departments, hours
    case correctedStays = "corrected_stays"
    case conflictingBedStays = "conflicting_bed_stays"
    case longVisits = "long_visits"
  }

  /// Records of a rule in all hospitals.
  public func count(_ rule: Rule) -> Int {
    rules.reduce(0) { $0 + ($1.rule == rule ? $1.records : 0) }
  }
}
