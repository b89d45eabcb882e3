/// The records that are restated together, and the movements they give.
///
/// This is `models/silver/movement.sql` told in Swift, for the batches in which a few records must become visible at once;
/// tests hold the two to equal rows. No input or output, no clock.
public enum Journey {
  /// The movements of one journey, in any order.
  ///
  /// - Parameters:
  ///   - stays: all stay records of the journey, in any order, copies among them.
  ///   - movements: all movement records of the journey, likewise.
  public static func movements(stays: [SilverStayRecord], movements: [SilverMovementRecord]) -> [JourneyMovement] {
    let read = StayReading.read(stays, isMixed: !movements.isEmpty)
    let entries = read.entries + MovementReading.read(movements)
    if entries.isEmpty { return read.plain }
    let encounters = Dictionary(grouping: entries, by: \.movement.encounterKey)
    return encounters.values.reduce(into: read.plain) { $0 += EncounterOrder.movements($1) }
  }
}
