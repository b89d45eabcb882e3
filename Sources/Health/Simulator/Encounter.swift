import Hospital

/// One visit of a patient to a hospital, as it really is; what the hospital's system knows of it is the feed's business.
struct Encounter: Sendable {
  /// A department visit, planned and then lived.
  struct Leg: Sendable {
    var department: Int
    var hours: Double
    var startedAt: Int64 = 0
    /// From 1; 0 until there is one.
    var bed = 0
    /// The bed that the feed names; another one if the clerk was mistaken.
    var saidBed = 0
    /// Which unknown name the feed gives the department; 0 for the right one.
    var alias = 0
  }

  enum Phase: Sendable {
    /// Registered, or on the way to the next department.
    case onTheWay
    /// Ready for a bed, and none is free.
    case queued
    case inBed
    case over
  }

  var serial: Int64
  var patient: Patient
  var age: Int64
  var arrivedAt: Int64
  var legs: [Leg]
  /// The leg the patient is in; -1 before the first bed.
  var current = -1
  var phase = Phase.onTheWay
  var isElective = false
  /// When the present leg is planned to end.
  var leaveAt: Int64 = 0
  /// When it was decided to move the patient on.
  var decidedAt: Int64?
  /// When the patient was first seen by a doctor.
  var seenAt: Int64?
  var expectedAt: Int64 = 0
  /// How often the expected discharge was looked at.
  var reviews = 0
  var disposition = Disposition.home
  /// Number of the event that told of the arrival.
  var arrivalEvent: Int64?

  var tag: UInt32 { UInt32(truncatingIfNeeded: serial) }
  var isLastLeg: Bool { current == legs.count - 1 }
}
