/// The kinds of movement, in the order in which they stand at one instant.
public enum MovementKind: Int, Comparable, Sendable {
  case arrive, admit, transfer, expectedDischarge, discharge

  /// Reads `silver.movement_record.type`, with or without `cancel_`.
  public init?(_ text: Substring) {
    switch text {
    case "arrive": self = .arrive
    case "admit": self = .admit
    case "transfer": self = .transfer
    case "expected_discharge": self = .expectedDischarge
    case "discharge": self = .discharge
    default: return nil
    }
  }

  /// The name in silver.
  public var name: String {
    switch self {
    case .arrive: "arrive"
    case .admit: "admit"
    case .transfer: "transfer"
    case .expectedDischarge: "expected_discharge"
    case .discharge: "discharge"
    }
  }

  public static func < (left: MovementKind, right: MovementKind) -> Bool { left.rawValue < right.rawValue }
}
