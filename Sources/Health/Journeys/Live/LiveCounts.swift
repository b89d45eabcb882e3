internal import Hospital

/// The patients of one department at one instant, counted as the API's query of departments counts them.
public struct LiveCounts: Sendable, Equatable {
  public var census = 0
  public var waiting = 0
  public var admissionsLastHour = 0
  public var dischargesLastHour = 0
  public var transfersInLastHour = 0
  public var transfersOutLastHour = 0
  public var admissionsToday = 0
  public var dischargesToday = 0
  public var expectedDischargesDay = 0
  public var overdue = 0

  public init() {}

  /// - Parameters:
  ///   - now: the instant, microseconds since 1970.
  ///   - today: the hospital's last local midnight before it.
  public mutating func count(_ visit: LiveVisit, at now: Int64, today: Int64) {
    let hourAgo = now - CivilTime.hour
    let isOpen = visit.dischargeTime.map { $0 > now } ?? true
    if let admitted = visit.admissionTime, admitted <= now {
      if isOpen {
        census += 1
        if let expected = visit.expectedDischargeTime {
          if expected <= now { overdue += 1 } else if expected <= now + CivilTime.day { expectedDischargesDay += 1 }
        }
      }
      if admitted > hourAgo { if visit.isFirstVisit { admissionsLastHour += 1 } else { transfersInLastHour += 1 } }
      if visit.isFirstVisit, admitted >= today { admissionsToday += 1 }
    } else if isOpen, let arrived = visit.arrivalTime, arrived <= now {
      waiting += 1
    }
    guard visit.admissionTime != nil, let left = visit.dischargeTime, left <= now else { return }
    if left > hourAgo { if visit.isLastVisit { dischargesLastHour += 1 } else { transfersOutLastHour += 1 } }
    if visit.isLastVisit, left >= today { dischargesToday += 1 }
  }
}
