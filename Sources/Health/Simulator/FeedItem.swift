import Hospital

/// A record before it is written: what it means, and what is wrong with it.
struct FeedItem: Sendable {
  var role: FeedRole
  /// Nil for a stay record or a department's metadata.
  var type: MovementType?
  var dirt: DirtKind?
  /// Number of the event, of which its id is made.
  var event: Int64
  var encounter: Int64
  var patient: Patient
  var age: Int64
  /// When it happened.
  var occurredAt: Int64
  /// When it was documented: `recorded_at` of a movement, `event_time` of a stay record.
  var recordedAt: Int64
  var sentAt: Int64
  /// Position of the department in the hospital.
  var department: Int
  var alias = 0
  var bed = 0
  var priorDepartment: Int?
  var priorBed = 0
  var admittedAt: Int64 = 0
  /// Of a stay record the discharge, real or expected; of an expected discharge that.
  var endsAt: Int64?
  var waitMinutes: Int64 = 0
  var decidedAt: Int64?
  var seenAt: Int64?
  var disposition: Disposition?
  var isInpatient = false
  /// The event that this one cancels.
  var cancels: Int64?
  /// Whether a cancellation names its target; if not, the same time has to do.
  var namesTarget = true
  /// Whether the place is said.
  var hasPlace = true
  var closedBeds = 0
  /// Decides between ways of being wrong.
  var whim: UInt32 = 0
  /// Whether the encounter is one department visit.
  var isSingle = false
  /// What cannot be read, cannot be read in the same way twice.
  var isDuplicate = false
  /// Whether it is the second content under one event id.
  var isReuse = false
}
