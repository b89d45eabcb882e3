/// How a department of a name behaves. A department of another name behaves like a general ward.
struct DepartmentProfile: Sendable {
  enum Kind: Sendable { case emergency, critical, ward }
  enum Ages: Sendable { case general, children, mothers, adults, elderly }

  var name: String
  var kind: Kind = .ward
  /// Of the log-normal length of a visit.
  var medianHours: Double
  var sigma: Double
  /// The share of staffed beds that are to be taken on average, before a hospital's own luck.
  var occupancy: Double
  /// The share of patients who come through Emergency.
  var throughEmergency = 0.0
  /// How many of those who step down from ICU come here, in proportion.
  var stepDown = 0.0
  /// How many of those whom wards send to ICU come from here, in proportion.
  var worsens = 0.0
  var pattern: ArrivalPattern
  var isElective = false
  var ages: Ages
  /// Home, care home, another hospital, death; in proportion.
  var leaves: [Double]
  /// The factor on arrivals when a flu surge is at its height.
  var surge = 1.0
  /// The letter in front of a bed's number.
  var bedPrefix: String

  var meanHours: Double { medianHours * exponential(sigma * sigma / 2) }
  /// Nobody leaves sooner; records of one visit must not overtake the next.
  var leastHours: Double {
    switch kind {
    case .emergency: 0.5
    case .critical: 8
    case .ward: 6
    }
  }

  static let known: [String: DepartmentProfile] = {
    let all = [
      DepartmentProfile(
        name: "Emergency", kind: .emergency, medianHours: 4, sigma: 0.5, occupancy: 0.66, pattern: .emergency,
        ages: .general, leaves: [93, 4, 2, 1], surge: 1.5, bedPrefix: "E"),
      DepartmentProfile(
        name: "Surgery", medianHours: 60, sigma: 0.65, occupancy: 0.86, throughEmergency: 0.35, stepDown: 0.55,
        worsens: 0.6, pattern: .elective, isElective: true, ages: .adults, leaves: [91, 6, 2, 1], bedPrefix: "S"),
      DepartmentProfile(
        name: "ICU", kind: .critical, medianHours: 72, sigma: 0.7, occupancy: 0.92, throughEmergency: 0.5,
        pattern: .anyHour, ages: .elderly, leaves: [5, 5, 25, 65], surge: 1.3, bedPrefix: "I"),
      DepartmentProfile(
        name: "Pediatrics", medianHours: 48, sigma: 0.7, occupancy: 0.92, throughEmergency: 0.55, pattern: .referred,
        ages: .children, leaves: [98, 0, 2, 0], surge: 1.6, bedPrefix: "P"),
      DepartmentProfile(
        name: "Maternity", medianHours: 52.8, sigma: 0.5, occupancy: 0.82, throughEmergency: 0.05, pattern: .anyHour,
        ages: .mothers, leaves: [99, 0, 1, 0], bedPrefix: "M"),
      DepartmentProfile(
        name: "Oncology", medianHours: 120, sigma: 0.7, occupancy: 0.88, throughEmergency: 0.15, pattern: .elective,
        isElective: true, ages: .elderly, leaves: [80, 8, 4, 8], bedPrefix: "O"),
      DepartmentProfile(
        name: "Cardiology", medianHours: 84, sigma: 0.7, occupancy: 0.85, throughEmergency: 0.6, stepDown: 0.45,
        worsens: 0.4, pattern: .referred, ages: .elderly, leaves: [84, 8, 5, 3], surge: 1.1, bedPrefix: "C"),
    ]
    return Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
  }()

  /// The profile of a department by its name; the position gives an unknown one its bed letter.
  static func of(_ name: String, position: Int) -> DepartmentProfile {
    known[name]
      ?? DepartmentProfile(
        name: name, medianHours: 72, sigma: 0.7, occupancy: 0.85, throughEmergency: 0.4, stepDown: 0.2, worsens: 0.1,
        pattern: .referred, ages: .general, leaves: [88, 8, 3, 1], bedPrefix: "W\(position + 1)-")
  }
}
