/// One row of `gold.dim_patient` but for its key, which is a hash of ``patientID`` and ``effectiveFrom``.
public struct PatientVersion: Hashable, Sendable {
  public var patientID: String
  public var patientKeyHash: Int64
  public var gender: String
  public var birthYear: Int32?
  public var ageBand: String
  /// Microseconds since 1970-01-01T00:00:00Z; ``Eternity/past`` for the first.
  public var effectiveFrom: Int64
  /// ``Eternity/future`` while it holds.
  public var effectiveTo: Int64

  public init(
    patientID: String, patientKeyHash: Int64, gender: String, birthYear: Int32?, ageBand: String, effectiveFrom: Int64, effectiveTo: Int64
  ) {
    self.patientID = patientID
    self.patientKeyHash = patientKeyHash
    self.gender = gender
    self.birthYear = birthYear
    self.ageBand = ageBand
    self.effectiveFrom = effectiveFrom
    self.effectiveTo = effectiveTo
  }

  public var isCurrent: Bool { effectiveTo == Eternity.future }
}
