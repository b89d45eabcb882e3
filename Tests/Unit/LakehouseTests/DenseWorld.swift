import Foundation

/// Records of a few patients, dense in time, so that rules meet each other: repeated ids and contents, cancellations named
/// and unnamed and sent again, lone discharges, overlapping stays, changes of the clock, hospitals that presume discharges.
final class DenseWorld {
  /// SplitMix64: the same world for a seed, everywhere.
  struct Chance: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  var bodies: [String] = []
  var chance: Chance
  private let start: Int64
  private let step: Int64
  private static let wards: [String?] = ["Emergency", "ICU", "emergency ", "Surgery", "Burns", "ÄRZTE", "ärzte", nil]

  init(seed: UInt64, patients: Int = 40) {
    chance = Chance(state: seed)
    // around changes of the clock, and before 1970
    start = [1_774_728_000, 1_775_296_800, 1_792_872_000, -86_400_000].randomElement(using: &chance) ?? 0
    step = [1200, 3600, 14_400].randomElement(using: &chance) ?? 3600
    for hospital in 1...3 { departments(hospital) }
    for number in 0..<patients { patient(number) }
    dirt()
    bodies.shuffle(using: &chance)
  }

  private func maybe<T>(_ share: Double, _ value: @autoclosure () -> T) -> T? {
    Double.random(in: 0..<1, using: &chance) < share ? value() : nil
  }

  func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &chance) }

  func time(_ low: Int = 0, _ high: Int = 24) -> String {
    let seconds = start + step * Int64(number(low...high))
    let fraction = number(0...3) == 0 ? ".5" : ""
    return String(ISO8601DateFormatter().string(from: Date(timeIntervalSince1970: Double(seconds))).dropLast()) + fraction + "Z"
  }

  func add(_ fields: [(String, Any?)]) {
    let pairs = fields.compactMap { name, value -> String? in
      guard let value else { return nil }
      if let text = value as? String { return "\"\(name)\":\"\(text)\"" }
      return "\"\(name)\":\(value)"
    }
    let body = "{\(pairs.joined(separator: ","))}"
    bodies.append(body)
    if number(0...6) == 0 { bodies.append(body) }
  }

  private func person() -> [(String, Any?)] {
    [
      ("gender", maybe(0.7, ["Male", "M", "female", "unknown"]).flatMap { $0.randomElement(using: &chance) }),
      ("age", maybe(0.7, [17, 18, 44, 45, 130]).flatMap { $0.randomElement(using: &chance) }),
    ]
  }

  private func ward() -> String? { Self.wards.randomElement(using: &chance) ?? nil }

  private func patient(_ number: Int) {
    let hospital = self.number(1...3)
    switch self.number(0...5) {
    case 0:
      for admission in (0..<self.number(1...3)).map({ _ in time(0, 16) }) {
        for _ in 0..<self.number(1...3) { stay(number, hospital, nil, admission) }
      }
    case 1: for visit in 0..<self.number(1...3) { for _ in 0..<self.number(1...4) { stay(number, hospital, "e\(number)-\(visit)", time(0, 10)) } }
    case 2:
      for _ in 0..<self.number(1...4) { stay(number, hospital, "e\(number)", time(0, 10)) }
      for _ in 0..<self.number(1...6) { movement(number, hospital, "e\(number)") }
    case 3:
      for visit in 0..<self.number(1...3) {
        // nobody told of the beginning, or it was taken back
        let kind = ["discharge", "expected_discharge"].randomElement(using: &chance) ?? ""
        for _ in 0..<self.number(1...2) { movement(number, hospital, "e\(number)-\(visit)", kind) }
        if self.number(0...1) == 0 { movement(number, hospital, "e\(number)-\(visit)", "admit") }
        if self.number(0...1) == 0 { movement(number, hospital, "e\(number)-\(visit)", "admit", isCancellation: true) }
      }
    default: for visit in 0..<self.number(1...2) { for _ in 0..<self.number(1...8) { movement(number, hospital, "e\(number)-\(visit)") } }
    }
  }

  private func stay(_ patient: Int, _ hospital: Int, _ encounter: String?, _ admission: String) {
    var fields: [(String, Any?)] = [
      ("patient_id", "p\(patient)"), ("hospital_id", hospital), ("encounter_id", encounter), ("event_id", maybe(0.2, "s\(number(1...4))")),
      ("admission_time", maybe(0.95, admission)), ("department", ward()), ("bed_id", maybe(0.8, "\(number(1...3))")),
      ("discharge_time", maybe(0.6, number(0...1) == 0 ? time(0, 40) : time(200, 4000))), ("event_time", maybe(0.8, time(0, 30))),
      ("wait_time_minutes", maybe(0.3, number(0...60))),
    ]
    fields += person()
    if number(0...9) == 0 { fields.append(("discharge_time_note", "soon")) }
    add(fields)
  }

  private func movement(_ patient: Int, _ hospital: Int, _ encounter: String) {
    let kind =
      ["arrive", "admit", "admit", "transfer", "transfer", "transfer", "discharge", "expected_discharge"].randomElement(using: &chance) ?? ""
    movement(patient, hospital, encounter, kind, isCancellation: number(0...9) < 3)
  }

  private func movement(_ patient: Int, _ hospital: Int, _ encounter: String, _ kind: String, isCancellation: Bool = false) {
    let location = [
      ward().map { "\"department\":\"\($0)\"" }, maybe(0.2, "\"room\":\"R1\""), maybe(0.8, "\"bed\":\"\(number(1...3))\""),
    ].compactMap { $0 }.joined(separator: ",")
    // now and then an encounter changes its patient
    let patient = number(0...19) == 0 ? patient + 1 : patient
    let head: [(String, Any?)] = [
      ("type", (isCancellation ? "cancel_" : "") + kind), ("event_id", maybe(0.3, "m\(number(1...5))")), ("patient_id", "p\(patient)"),
      ("hospital_id", hospital), ("encounter_id", encounter), ("occurred_at", maybe(0.95, time(0, 8))), ("recorded_at", maybe(0.9, time(0, 12))),
      ("class", maybe(0.5, "inpatient")), ("birth_date", maybe(0.3, "1960-03-29")), ("seen_at", maybe(0.2, time(0, 12))),
      ("disposition", maybe(0.3, "home")),
      ("expected_discharge_time", maybe(kind == "expected_discharge" ? 0.9 : 0.1, time(4, 40))),
      ("cancels", isCancellation ? maybe(0.5, "m\(number(1...5))") : nil),
    ]
    var fields = head + person()
    append(fields, location)
    // now and then the sender takes it back once more, as another event
    while isCancellation, number(0...9) < 4 {
      for index in fields.indices {
        if fields[index].0 == "event_id" { fields[index].1 = "again\(number(1...99_999))" }
        if fields[index].0 == "recorded_at", number(0...1) == 0 { fields[index].1 = time(0, 12) }
      }
      append(fields, location)
    }
  }

  private func append(_ fields: [(String, Any?)], _ location: String) {
    let text = fields.compactMap { name, value -> String? in
      guard let value else { return nil }
      return value is String ? "\"\(name)\":\"\(value)\"" : "\"\(name)\":\(value)"
    }
    let body = "{\(text.joined(separator: ",")),\"location\":{\(location)}}"
    bodies.append(body)
    if number(0...6) == 0 { bodies.append(body) }
  }

  private func departments(_ hospital: Int) {
    for name in ["Emergency", "ICU", "Surgery", "Ärzte"] {
      for _ in 0..<number(0...3) {
        add([
          ("type", "department_changed"), ("hospital_id", hospital), ("department", name), ("staffed_beds", maybe(0.7, number(2...3))),
          ("closed_beds", maybe(0.5, 1)), ("staff", maybe(0.5, 4)), ("occurred_at", maybe(0.9, time())), ("recorded_at", maybe(0.9, time())),
        ])
      }
    }
  }
}
