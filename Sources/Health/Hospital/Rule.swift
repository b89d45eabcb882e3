/// A quality rule. The order of the cases is the order in which flags are written.
public enum Rule: String, CaseIterable, Codable, Sendable {
  case invalidUTF8 = "invalid_utf8"
  case malformedJSON = "malformed_json"
  case tooLarge = "too_large"
  case unknownType = "unknown_type"
  case missingPatient = "missing_patient"
  case missingHospital = "missing_hospital"
  case unknownHospital = "unknown_hospital"
  case missingEncounter = "missing_encounter"

  case unknownDepartment = "unknown_department"
  case admissionMissing = "admission_missing"
  case admissionUnparsable = "admission_unparsable"
  case admissionInFuture = "admission_in_future"
  case occurredMissing = "occurred_missing"
  case occurredUnparsable = "occurred_unparsable"
  case occurredInFuture = "occurred_in_future"
  case dischargeUnparsable = "discharge_unparsable"
  case dischargeBeforeAdmission = "discharge_before_admission"
  case ageOutOfRange = "age_out_of_range"
  case ageUnparsable = "age_unparsable"
  case eventTimeUnparsable = "event_time_unparsable"
  case recordedUnparsable = "recorded_unparsable"

  case duplicate
  case idReused = "id_reused"
  case admissionCorrected = "admission_corrected"
  case stayTooLong = "stay_too_long"
  case bedConflict = "bed_conflict"
  case presumedDischarge = "presumed_discharge"
  case inferredAdmission = "inferred_admission"
  case dischargeWithoutAdmission = "discharge_without_admission"
  case movementAfterDischarge = "movement_after_discharge"
  case unmatchedCancellation = "unmatched_cancellation"
  case repeatedCancellation = "repeated_cancellation"

  /// The most minutes by which an admission may lie after the record's own time.
  public static let futureToleranceMinutes = 15
  /// The greatest age that is believed.
  public static let greatestAge = 120

  /// What the rule does to a record.
  public var severity: RuleSeverity {
    switch self {
    case .invalidUTF8, .malformedJSON, .tooLarge, .unknownType, .missingPatient, .missingHospital, .unknownHospital,
      .missingEncounter:
      .quarantine
    case .unknownDepartment, .admissionMissing, .admissionUnparsable, .admissionInFuture, .occurredMissing,
      .occurredUnparsable, .occurredInFuture, .dischargeUnparsable, .dischargeBeforeAdmission, .ageOutOfRange,
      .ageUnparsable, .eventTimeUnparsable, .recordedUnparsable:
      .repair
    case .duplicate, .idReused, .admissionCorrected, .presumedDischarge, .inferredAdmission, .stayTooLong, .bedConflict,
      .dischargeWithoutAdmission, .movementAfterDischarge, .unmatchedCancellation, .repeatedCancellation:
      .flag
    }
  }

  /// Whether one record is enough to decide.
  public var scope: RuleScope {
    switch self {
    case .duplicate, .idReused, .admissionCorrected, .stayTooLong, .bedConflict, .presumedDischarge,
      .inferredAdmission, .dischargeWithoutAdmission, .movementAfterDischarge, .unmatchedCancellation, .repeatedCancellation:
      .set
    default: .record
    }
  }

  /// What was found and what is done about it, in one sentence.
  public var sentence: String {
    switch self {
    case .invalidUTF8: "The record is not valid UTF-8."
    case .malformedJSON: "The record is not a JSON object."
    case .tooLarge: "The record was larger than the hub accepts; a note of its rejection took its place."
    case .unknownType: "The movement's type is not one that is known."
    case .missingPatient: "The record names no patient."
    case .missingHospital: "The record names no hospital, or not by a number."
    case .unknownHospital: "The record names a hospital that is not in the network."
    case .missingEncounter: "The movement names no encounter."
    case .unknownDepartment: "The department is not in the network; the patient counts under 'unmapped'."
    case .admissionMissing: "The admission time is missing; the record's own time stands in for it."
    case .admissionUnparsable: "The admission time cannot be read; the record's own time stands in for it."
    case .admissionInFuture:
      "The admission lies more than \(Self.futureToleranceMinutes) minutes after the record; the record's own time stands in for it."
    case .occurredMissing: "The movement's time is missing; the time it was recorded stands in for it."
    case .occurredUnparsable: "The movement's time cannot be read; the time it was recorded stands in for it."
    case .occurredInFuture:
      "The movement lies more than \(Self.futureToleranceMinutes) minutes after its recording; the time it was recorded stands in for it."
    case .dischargeUnparsable: "The discharge time cannot be read and is left out."
    case .dischargeBeforeAdmission: "The discharge lies before the admission and is left out."
    case .ageOutOfRange: "The age is not between 0 and \(Self.greatestAge) and is left out."
    case .ageUnparsable: "The age is not a number and is left out."
    case .eventTimeUnparsable: "The record's own time cannot be read; the time it reached the hub stands in for it."
    case .recordedUnparsable: "The time of recording cannot be read; the time it reached the hub stands in for it."
    case .duplicate: "The same record came again and is counted once."
    case .idReused: "One event id came with different contents; the later one holds."
    case .admissionCorrected: "Overlapping stays of one patient in one hospital are one stay whose admission was corrected."
    case .stayTooLong: "The stay is longer than the configured bound and is left out of averages."
    case .bedConflict: "Two patients held the same bed at the same time."
    case .presumedDischarge: "The expected discharge passed and the sender never confirms, so the patient counts as discharged."
    case .inferredAdmission: "A transfer came without an admission, which was inferred."
    case .dischargeWithoutAdmission: "A discharge, real or expected, came without an arrival, admission or transfer before it; there is no visit."
    case .movementAfterDischarge: "A movement came after the discharge and changes nothing."
    case .unmatchedCancellation: "A cancellation names no movement that is known."
    case .repeatedCancellation: "A cancellation takes back what another has taken back already, and changes nothing."
    }
  }
}
