internal import Journeys

/// Journeys and patients of the last small batches as the store holds them, so that the next batch that touches them reads nothing.
///
/// True only as long as nobody else writes them: who restates by SQL, appends without restating or rolls back calls ``removeAll()``.
/// Moving rows from hot to cold changes nothing here.
struct RecentJourneys {
  /// What the store holds of a journey. Its movements are not kept: making them again takes less than their room is worth.
  struct Journey {
    let stayRecords: [SilverStayRecord]
    let movementRecords: [SilverMovementRecord]
    let visits: [Visit]

    var movements: [JourneyMovement] { Journeys.Journey.movements(stays: stayRecords, movements: movementRecords) }
  }

  /// The validities of a patient, and what was observed of it.
  struct Patient {
    let patientID: String
    let versions: [PatientVersion]
    /// What the movements of some journeys say.
    let observed: [RestatedPatients.Observed]
    /// The only validity that the patient's other journeys give by themselves; `nil` if `observed` is all there is.
    let unread: PatientVersion?
  }

  // A journey takes about 2 KB, a patient about 0.5.
  private var journeys = RecentlyUsed<Journey>(capacity: 12_000)
  private var patients = RecentlyUsed<Patient>(capacity: 32_000)

  mutating func journey(_ key: Int64) -> Journey? { journeys.value(key) }
  mutating func patient(_ key: Int64) -> Patient? { patients.value(key) }

  mutating func keep(_ journey: RestatedJourney) {
    journeys.insert(
      Journey(stayRecords: journey.stayRecords, movementRecords: journey.movementRecords, visits: journey.visits), journey.key)
  }

  mutating func keep(_ patient: Patient, _ key: Int64) { patients.insert(patient, key) }

  mutating func removeAll() {
    journeys.removeAll()
    patients.removeAll()
  }
}
