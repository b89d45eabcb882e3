/// What a movement record says happened, by the word it is sent as.
public enum MovementType: String, CaseIterable, Codable, Sendable {
  /// Registered and waiting; not yet in the census.
  case arrive
  /// Given a place; the census begins.
  case admit
  /// Moved to another place.
  case transfer
  /// Left the hospital.
  case discharge
  /// The expected discharge became known or changed.
  case expectedDischarge = "expected_discharge"
  case cancelArrive = "cancel_arrive"
  case cancelAdmit = "cancel_admit"
  case cancelTransfer = "cancel_transfer"
  case cancelDischarge = "cancel_discharge"
  case cancelExpectedDischarge = "cancel_expected_discharge"

  /// The cancellation of this type; nil for a cancellation.
  public var cancellation: MovementType? {
    switch self {
    case .arrive: .cancelArrive
    case .admit: .cancelAdmit
    case .transfer: .cancelTransfer
    case .discharge: .cancelDischarge
    case .expectedDischarge: .cancelExpectedDischarge
    default: nil
    }
  }

  /// The type that this one cancels; nil unless it is a cancellation.
  public var cancelled: MovementType? {
    switch self {
    case .cancelArrive: .arrive
    case .cancelAdmit: .admit
    case .cancelTransfer: .transfer
    case .cancelDischarge: .discharge
    case .cancelExpectedDischarge: .expectedDischarge
    default: nil
    }
  }
}
