import Hospital

/// What a record means after the rules: the values that a perfect pipeline holds.
struct TruthFact: Sendable {
  /// Nil for a stay record.
  var type: MovementType?
  var event: Int64
  var occurredAt: Int64
  /// Orders facts that occurred at the same instant, and stay records among themselves.
  var recordedAt: Int64
  var department: Int
  var alias: Int
  var bed: Int
  /// Of a stay record, after repair.
  var admittedAt: Int64
  var endsAt: Int64?
  var disposition: Disposition?
  var cancels: Int64?
  /// Of a stay record, as it was sent.
  var rawAdmission: String?
}
