import Hospital

/// How many patients a day come to each department of a hospital and where they go next, so that its beds fill as intended
/// (Little's law: patients present are patients a day times days of stay).
struct FlowPlan: Sendable {
  /// New encounters a day that begin in the department.
  var dailyArrivals: [Double]
  /// The share of Emergency's patients who are admitted.
  var admittedShare = 0.0
  /// Where Emergency's admitted go, in proportion.
  var fromEmergency: [Double]
  /// Where ICU's survivors go, in proportion.
  var fromCritical: [Double]
  /// The share of a department's patients who need ICU on the way.
  var worsening: [Double]
  /// The share of ICU's patients who step down to a ward.
  static let stepDownShare = 0.8

  init(profiles: [DepartmentProfile], beds: [Int], occupancy: [Double]) {
    let count = profiles.count
    let inflow = (0..<count).map { occupancy[$0] * Double(beds[$0]) * 24 / profiles[$0].meanHours }
    dailyArrivals = [Double](repeating: 0, count: count)
    fromEmergency = dailyArrivals
    fromCritical = profiles.map { $0.kind == .ward ? $0.stepDown : 0 }
    worsening = dailyArrivals

    let critical = (0..<count).filter { profiles[$0].kind == .critical }
    let emergency = (0..<count).filter { profiles[$0].kind == .emergency }
    let criticalInflow = critical.reduce(0) { $0 + inflow[$1] }
    let stepDown = fromCritical.reduce(0, +)
    let worsens = profiles.reduce(0) { $0 + $1.worsens }

    for department in 0..<count where profiles[department].kind != .emergency {
      let profile = profiles[department]
      // Without an Emergency department everybody comes directly.
      let through = emergency.isEmpty ? 0 : profile.throughEmergency * inflow[department]
      fromEmergency[department] = through
      var other = through
      if profile.kind == .ward, stepDown > 0 {
        other += Self.stepDownShare * criticalInflow * profile.stepDown / stepDown
      }
      if profile.kind == .critical, worsens > 0 { other += Self.fromWards * inflow[department] }
      dailyArrivals[department] = max(inflow[department] - other, inflow[department] * 0.05)
      if profile.kind == .ward, worsens > 0, inflow[department] > 0 {
        let flow = Self.fromWards * criticalInflow * profile.worsens / worsens
        worsening[department] = min(flow / inflow[department], 0.15)
      }
    }
    for department in emergency { dailyArrivals[department] = inflow[department] }
    let arriving = emergency.reduce(0) { $0 + inflow[$1] }
    if arriving > 0 { admittedShare = min(fromEmergency.reduce(0, +) / arriving, 0.5) }
  }

  /// The share of ICU's patients whom wards send.
  private static let fromWards = 0.35
}
