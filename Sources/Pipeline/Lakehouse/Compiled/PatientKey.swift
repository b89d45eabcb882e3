internal import Hospital
internal import Journeys

/// `patient_key`: `pf_key(patient_id || '|' || effective_from)`, the instant as SQL writes it.
enum PatientKey {
  static func of(_ version: PatientVersion) -> Int64 {
    var message = Array(version.patientID.utf8)
    message.append(UInt8(ascii: "|"))
    append(version.effectiveFrom, to: &message)
    return message.withUnsafeBytes { Pseudonymizer.key($0) }
  }

  /// `YYYY-MM-DD HH:MM:SS`, with a fraction without trailing zeros if there is one.
  static func append(_ instant: Int64, to text: inout [UInt8]) {
    let days = CivilTime.floorDivide(instant, CivilTime.day)
    let date = CivilTime.date(days: days)
    let rest = instant - days * CivilTime.day
    append(date.year, width: 4, to: &text)
    text.append(UInt8(ascii: "-"))
    append(date.month, width: 2, to: &text)
    text.append(UInt8(ascii: "-"))
    append(date.day, width: 2, to: &text)
    text.append(UInt8(ascii: " "))
    append(rest / CivilTime.hour, width: 2, to: &text)
    text.append(UInt8(ascii: ":"))
    append(rest / CivilTime.minute % 60, width: 2, to: &text)
    text.append(UInt8(ascii: ":"))
    append(rest / CivilTime.second % 60, width: 2, to: &text)
    let micros = rest % CivilTime.second
    if micros > 0 {
      text.append(UInt8(ascii: "."))
      append(micros, width: 6, to: &text)
      while text.last == UInt8(ascii: "0") { text.removeLast() }
    }
  }

  private static func append(_ number: Int64, width: Int, to text: inout [UInt8]) {
    var scale: Int64 = 1
    for _ in 1..<width { scale *= 10 }
    while number / scale >= 10 { scale *= 10 }
    while scale > 0 {
      text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / scale % 10))
      scale /= 10
    }
  }
}
