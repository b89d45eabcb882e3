import Hospital

/// What a record is in its feed, which decides how it can be wrong.
enum FeedRole: UInt8, CaseIterable, Sendable {
  case arrive, admit, transfer, discharge, expected, cancel
  /// An error of the staff that they will take back; spoiling it too would make the truth a matter of opinion.
  case mistake
  case stayAdmission, stayUpdate, stayDischarge, stayMistake
  case department

  /// The ways in which a record can be wrong, apart from those of whole visits. A planned single visit can be wrong in more ways,
  /// because there is no other record that could be meant.
  func dirt(isSingle: Bool) -> [DirtKind] {
    let sending: [DirtKind] = [
      .malformedJSON, .invalidUTF8, .missingPatient, .missingHospital, .unknownHospital, .duplicate, .lateArrival, .outOfOrder,
    ]
    let movement: [DirtKind] = [.unknownType, .missingEncounter]
    let occurring: [DirtKind] = [
      .occurredMissing, .occurredUnparsable, .occurredInFuture, .recordedUnparsable, .lateDocumentation,
    ]
    let ages: [DirtKind] = [.ageOutOfRange, .ageUnparsable]
    switch self {
    case .arrive: return sending + movement + ages + [.recordedUnparsable, .lateDocumentation, .unknownField]
    case .admit:
      return sending + movement + occurring + ages + [.idReused, .unknownField] + (isSingle ? [.unmatchedCancellation] : [])
    case .transfer: return sending + movement + occurring + [.unknownField]
    case .discharge: return sending + movement + occurring + [.movementAfterDischarge, .unknownField]
    case .expected: return sending + movement + [.lateDocumentation, .unknownField]
    case .cancel: return sending + movement + [.repeatedCancellation]
    case .mistake: return sending + movement
    case .stayAdmission:
      let admission: [DirtKind] = [.admissionMissing, .admissionUnparsable, .admissionInFuture]
      return sending + ages + [.dischargeUnparsable, .dischargeBeforeAdmission, .idReused, .unknownField]
        + (isSingle ? admission : [])
    case .stayUpdate: return sending + ages + [.dischargeUnparsable, .dischargeBeforeAdmission, .unknownField]
    case .stayDischarge: return sending + ages + [.eventTimeUnparsable, .unknownField]
    case .stayMistake: return sending
    case .department: return []
    }
  }
}
