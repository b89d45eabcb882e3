/// What figures of this moment need of a visit. Instants are microseconds since 1970-01-01T00:00:00Z.
public struct LiveVisit: Sendable, Equatable {
  /// Which department of ``LiveBoard`` it counts for.
  public var department: Int
  public var arrivalTime: Int64?
  public var admissionTime: Int64?
  public var dischargeTime: Int64?
  public var expectedDischargeTime: Int64?
  public var isFirstVisit: Bool
  public var isLastVisit: Bool

  /// - Parameter department: its place in the board's list.
  public init(_ visit: Visit, department: Int) {
    self.department = department
    arrivalTime = visit.arrivalTime
    admissionTime = visit.admissionTime
    dischargeTime = visit.dischargeTime
    expectedDischargeTime = visit.expectedDischargeTime
    isFirstVisit = visit.isFirstVisit
    isLastVisit = visit.isLastVisit
  }
}
