/// Records that rules repair, flag or send to quarantine; each value may be odd, so that rules meet in one record.
extension DenseWorld {
  private static let odd: [String: [String]] = [
    "patient_id": [#""""#, "null", "[1]", #""  ""#, "17"],
    "hospital_id": ["99", #""x""#, "null", #""2""#, "3.0"],
    "encounter_id": [#""""#, "{}", "null"],
    "type": [#""teleport""#, #""cancel_""#, #""cancel_teleport""#, "7", #""Admit""#],
    "age": ["-1", "121", "120", "0", #""forty""#, #""44""#, "1e3"],
    "gender": [#""\u00a0Male\u00a0""#, #""D""#, #""NON-BINARY""#, #""?""#, #""\u2003""#, "1"],
    "department": [#""\u00a0ICU""#, #""\u3000""#, #""ICU ""#, "5"],
    "bed_id": [#""\u2007 4 \u2007""#, "12", "true"],
    "admission_time": [#""yesterday""#, "0", #""2099-01-01T00:00:00Z""#, #""2026-02-30T00:00:00Z""#],
    "discharge_time": [#""soon""#, #""1990-01-01T00:00:00Z""#, "12"],
    "event_time": [#""now""#, #""1990-01-01T00:00:00Z""#],
    "occurred_at": [#""then""#, #""2099-01-01T00:00:00Z""#, "[]"],
    "recorded_at": [#""later""#, #""1990-06-30T12:00:00Z""#],
    "birth_date": [#""2050-01-01""#, #""1800-01-01""#, #""1990-02-29""#, #""2026-04-01""#],
    "wait_time_minutes": [#""long""#, "-4", "1.5"],
    "class": [#""  ""#, #""\u00a0""#],
    "mood": [#""good""#],
    "a,b": ["1"],
  ]
  private static let broken = ["", "{", "[]", "{\"patient_id\":}", "null", "{\"type\":\"rejected\",\"reason\":\"too_large\"}", "{} x"]

  func dirt() {
    for number in 0..<30 { spoiled(number, stays: number.isMultiple(of: 2)) }
    bodies += Self.broken
  }

  private func spoiled(_ number: Int, stays: Bool) {
    let usual: [(String, String)] =
      stays
      ? [
        ("patient_id", "\"p\(number % 7)\""), ("hospital_id", "\(self.number(1...3))"), ("admission_time", "\"\(time())\""),
        ("event_time", "\"\(time())\""), ("department", "\"ICU\""), ("bed_id", "\"1\""),
      ]
      : [
        ("type", "\"admit\""), ("patient_id", "\"p\(number % 7)\""), ("hospital_id", "\(self.number(1...3))"), ("encounter_id", "\"d\(number)\""),
        ("occurred_at", "\"\(time())\""), ("recorded_at", "\"\(time())\""),
      ]
    var values = Dictionary(uniqueKeysWithValues: usual)
    let chosen = Self.odd.keys.sorted().shuffled(using: &chance).prefix(self.number(1...3))
    for name in chosen where stays ? name != "type" : true { values[name] = Self.odd[name]?.randomElement(using: &chance) }
    let place = values.removeValue(forKey: "department").map { [("department", $0)] } ?? []
    if stays { for (name, value) in place { values[name] = value } }
    let location = stays || place.isEmpty ? "" : ",\"location\":{\"department\":\(place[0].1)}"
    let pairs = values.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
    bodies.append("{\(pairs.joined(separator: ","))\(location)}")
  }
}
