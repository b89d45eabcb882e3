public import Hospital

/// A way in which feeds are wrong. The rate of a kind is the share of the records that can be wrong in this way.
public enum DirtKind: String, CaseIterable, Codable, Sendable {
  // A spoiled copy goes out beside the good record and must end in quarantine.
  case malformedJSON = "malformed_json"
  case invalidUTF8 = "invalid_utf8"
  case missingPatient = "missing_patient"
  case missingHospital = "missing_hospital"
  case unknownHospital = "unknown_hospital"
  case unknownType = "unknown_type"
  case missingEncounter = "missing_encounter"

  // The record itself is spoiled and must be repaired.
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
  case recordedUnparsable = "recorded_unparsable"
  /// Sent again with an event time that cannot be read; the copy says the same, so that nothing but the flag follows.
  case eventTimeUnparsable = "event_time_unparsable"

  // A visit is spoiled in all its records.
  case unknownDepartment = "unknown_department"
  case bedConflict = "bed_conflict"

  // The record is right but more, other or later than it should be.
  case duplicate
  case idReused = "id_reused"
  case unmatchedCancellation = "unmatched_cancellation"
  /// A cancellation sent again as another event.
  case repeatedCancellation = "repeated_cancellation"
  case movementAfterDischarge = "movement_after_discharge"
  case unknownField = "unknown_field"
  /// Documented at once and sent hours later.
  case lateArrival = "late_arrival"
  /// Documented hours later.
  case lateDocumentation = "late_documentation"
  /// Sent minutes later, so that others overtake it.
  case outOfOrder = "out_of_order"

  /// The rule that must find it; nil if a perfect pipeline shows no trace of it.
  public var rule: Rule? {
    switch self {
    case .unknownField, .lateArrival, .lateDocumentation, .outOfOrder: nil
    default: Rule(rawValue: rawValue)
    }
  }

  /// Whether it concerns a whole department visit rather than one record.
  var isOfVisit: Bool { self == .unknownDepartment || self == .bedConflict }

  /// Whether a spoiled copy goes out beside the good record.
  var isExtraCopy: Bool {
    switch self {
    case .malformedJSON, .invalidUTF8, .missingPatient, .missingHospital, .unknownHospital, .unknownType,
      .missingEncounter, .eventTimeUnparsable:
      true
    default: false
    }
  }

  /// Whether the record must end in quarantine.
  var isQuarantined: Bool { rule?.severity == .quarantine }
}
