/// A movement before it is put in order with the others of its encounter.
struct MovementEntry {
  /// Without an outcome; `waitMinutes` is what the sender said.
  var movement: JourneyMovement
  /// Tells apart the movements that one record gives: 0 admission, 1 transfer, 2 end of a stay record, 3 movement record.
  var slot: Int64

  init(_ movement: JourneyMovement, slot: Int64) {
    self.movement = movement
    self.slot = slot
    self.movement.movementKey = movement.contentHash &* 8 &+ slot
  }
}

extension JourneyMovement {
  /// What a stay record says of the person and the encounter; place, time and outcome are filled in by who makes it.
  init(_ record: SilverStayRecord, type: MovementKind, occurredAt: Int64) {
    self.init(
      movementKey: 0, journeyKey: record.journeyKey, encounterKey: record.encounterKey, encounterID: record.encounterID,
      patientID: record.patientID, patientKeyHash: record.patientKeyHash, hospitalID: record.hospitalID, type: type, encounterClass: nil,
      occurredAt: occurredAt, recordedAt: record.recordedAt, enqueuedAt: record.enqueuedAt, contentHash: record.contentHash, department: nil,
      room: nil, bedID: nil, gender: nil, age: nil, birthYear: nil, waitMinutes: nil, seenAt: nil, expectedDischargeTime: nil,
      disposition: nil, isCancelled: false, isFromStay: true, duplicates: 0, flags: nil, outcome: nil)
  }
}
