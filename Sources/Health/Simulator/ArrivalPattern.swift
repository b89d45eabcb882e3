/// How arrivals spread over the local week: a weight for each of its 168 hours, 1 on average.
public struct ArrivalPattern: Hashable, Sendable {
  /// By hour of the week; 0 is Monday at midnight.
  public let weights: [Double]
  let greatest: Double

  init(hours: [Double], weekdays: [Double]) {
    var weights: [Double] = []
    for weekday in weekdays { for hour in hours { weights.append(weekday * hour) } }
    let mean = weights.reduce(0, +) / Double(weights.count)
    self.weights = weights.map { $0 / mean }
    greatest = self.weights.max() ?? 1
  }

  /// Most come between 10 and 22 o'clock, and on Mondays.
  static let emergency = ArrivalPattern(
    hours: [
      0.45, 0.38, 0.33, 0.30, 0.30, 0.35, 0.45, 0.65, 0.90, 1.20, 1.50, 1.60,
      1.60, 1.55, 1.50, 1.50, 1.55, 1.60, 1.65, 1.60, 1.50, 1.30, 1.00, 0.65,
    ], weekdays: [1.16, 1.03, 0.99, 0.98, 1.00, 0.92, 0.92])

  /// Planned: on weekday mornings.
  static let elective = ArrivalPattern(
    hours: [0, 0, 0, 0, 0, 0, 2, 6, 5, 3, 2, 2, 2, 1.5, 1, 0.5, 0.2, 0, 0, 0, 0, 0, 0, 0],
    weekdays: [1.1, 1.1, 1.05, 1, 0.9, 0.15, 0.2])

  /// Referred by day, fewer at the weekend.
  static let referred = ArrivalPattern(
    hours: [
      0.3, 0.25, 0.2, 0.2, 0.2, 0.3, 0.4, 0.7, 1.1, 1.5, 1.8, 1.8,
      1.7, 1.7, 1.7, 1.6, 1.5, 1.4, 1.3, 1.2, 1.0, 0.8, 0.6, 0.4,
    ], weekdays: [1.15, 1.1, 1.05, 1.05, 1.05, 0.8, 0.8])

  /// At any hour.
  static let anyHour = ArrivalPattern(
    hours: [
      0.95, 0.95, 0.95, 0.95, 0.95, 1.0, 1.0, 1.05, 1.1, 1.1, 1.05, 1.05,
      1.05, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.95, 0.95, 0.95,
    ], weekdays: [1, 1, 1, 1, 1, 1, 1])
}
