internal import Hospital

/// Rows of `gold.fact_flow_hourly` as sums that move: `models/gold/fact_flow_hourly.sql` told in Swift.
public struct HourlyFlow: Sendable {
  public struct Key: Hashable, Sendable {
    public var hospitalID: Int32
    public var department: String
    /// The start of the UTC hour, microseconds since 1970.
    public var hourAt: Int64
  }

  public struct Sums: Equatable, Sendable {
    public var admissions: Int64 = 0
    public var discharges: Int64 = 0
    public var transfersIn: Int64 = 0
    public var transfersOut: Int64 = 0
    public var netChange: Int64 = 0
    public var patientSeconds: Int64 = 0

    /// Whether adding them changes anything.
    public var isZero: Bool { self == Sums() }
  }

  public private(set) var sums: [Key: Sums] = [:]

  public init() {}

  /// What a visit counts, `times` (1: it is there, -1: it is no more).
  public mutating func add(
    hospitalID: Int32, department: String, admissionTime: Int64?, dischargeTime: Int64?, isFirstVisit: Bool, isLastVisit: Bool, times: Int64
  ) {
    guard let admissionTime else { return }
    add(hospitalID, department, at: admissionTime) { sums, seconds in
      if isFirstVisit { sums.admissions += times } else { sums.transfersIn += times }
      sums.netChange += times
      sums.patientSeconds += times * seconds
    }
    guard let dischargeTime else { return }
    add(hospitalID, department, at: dischargeTime) { sums, seconds in
      if isLastVisit { sums.discharges += times } else { sums.transfersOut += times }
      sums.netChange -= times
      sums.patientSeconds -= times * seconds
    }
  }

  /// - Parameter times: -1 takes it back.
  public mutating func add(_ visit: Visit, times: Int64 = 1) {
    add(
      hospitalID: visit.hospitalID, department: visit.department, admissionTime: visit.admissionTime, dischargeTime: visit.dischargeTime,
      isFirstVisit: visit.isFirstVisit, isLastVisit: visit.isLastVisit, times: times)
  }

  private mutating func add(_ hospitalID: Int32, _ department: String, at instant: Int64, _ change: (inout Sums, Int64) -> Void) {
    let hour = CivilTime.floorDivide(instant, CivilTime.hour) * CivilTime.hour
    let seconds = (hour + CivilTime.hour) / CivilTime.second - CivilTime.floorDivide(instant, CivilTime.second)
    change(&sums[Key(hospitalID: hospitalID, department: department, hourAt: hour), default: Sums()], seconds)
  }
}
