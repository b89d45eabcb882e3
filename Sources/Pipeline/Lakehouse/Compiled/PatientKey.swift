internal import Hospital
internal import Journeys

/// `patient_key`: `pf_key(patient_id || '|' || effective_from)`, the instant as SQL writes it.
enum PatientKey {
  static func of(_ version: PatientVersion) -> Int64 {
    let text = "\(version.patientID)|\(text(of: version.effectiveFrom))"
    return Array(text.utf8).withUnsafeBytes { Pseudonymizer.key($0) }
  }

  /// `YYYY-MM-DD HH:MM:SS`, with a fraction without trailing zeros if there is one.
  static func text(of instant: Int64) -> String {
    let days = CivilTime.floorDivide(instant, CivilTime.day)
    let date = CivilTime.date(days: days)
    let rest = instant - days * CivilTime.day
    let time = [rest / CivilTime.hour, rest / CivilTime.minute % 60, rest / CivilTime.second % 60].map { padded($0, 2) }.joined(separator: ":")
    var text = "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2)) \(time)"
    let micros = rest % CivilTime.second
    if micros > 0 {
      var fraction = padded(micros, 6)
      while fraction.hasSuffix("0") { fraction.removeLast() }
      text += ".\(fraction)"
    }
    return text
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
