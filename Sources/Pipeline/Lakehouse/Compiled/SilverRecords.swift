internal import DuckDB
internal import Journeys

/// The silver records of the touched journeys, by journey.
struct SilverRecords {
  var stays: [Int64: [SilverStayRecord]] = [:]
  var movements: [Int64: [SilverMovementRecord]] = [:]

  static let staySelect = """
    select hub_partition, hub_offset, enqueued_at, content_hash, event_key, journey_key, encounter_key, encounter_id, patient_id,
      patient_key_hash, hospital_id, department, bed_id, gender, age, recorded_at, has_event_time, admission_time, discharge_time,
      wait_minutes, flags, has_encounter_id
    """

  static let movementSelect = """
    select hub_partition, hub_offset, enqueued_at, content_hash, event_key, cancels_event_key, journey_key, encounter_key, encounter_id,
      patient_id, patient_key_hash, hospital_id, type, class, occurred_at, recorded_at, department, room, bed_id, gender, age, birth_year,
      seen_at, expected_discharge_time, disposition, flags, admit_decision_at
    """

  mutating func appendStays(_ chunk: borrowing ChunkView) {
    for row in 0..<chunk.count {
      let record = Self.stay(chunk, row)
      stays[record.journeyKey, default: []].append(record)
    }
  }

  /// - Throws: ``LakehouseError`` if a type is stored that silver does not let in.
  mutating func appendMovements(_ chunk: borrowing ChunkView) throws {
    for row in 0..<chunk.count {
      let record = try Self.movement(chunk, row)
      movements[record.journeyKey, default: []].append(record)
    }
  }

  /// A row of ``staySelect``.
  static func stay(_ chunk: borrowing ChunkView, _ row: Int) -> SilverStayRecord {
    SilverStayRecord(
      hubPartition: chunk.int32(0, row), hubOffset: chunk.int64(1, row), enqueuedAt: chunk.int64(2, row), contentHash: chunk.int64(3, row),
      eventKey: chunk.optionalInt64(4, row), journeyKey: chunk.int64(5, row), encounterKey: chunk.int64(6, row), encounterID: chunk.text(7, row),
      hasEncounterID: chunk.bool(21, row), patientID: chunk.text(8, row), patientKeyHash: chunk.int64(9, row), hospitalID: chunk.int32(10, row),
      department: chunk.optionalText(11, row), bedID: chunk.optionalText(12, row), gender: chunk.optionalText(13, row),
      age: chunk.optionalInt32(14, row), recordedAt: chunk.int64(15, row), hasEventTime: chunk.bool(16, row),
      admissionTime: chunk.int64(17, row), dischargeTime: chunk.optionalInt64(18, row), waitMinutes: chunk.optionalDouble(19, row),
      flags: chunk.optionalText(20, row))
  }

  /// A row of ``movementSelect``.
  /// - Throws: ``LakehouseError`` if a type is stored that silver does not let in.
  static func movement(_ chunk: borrowing ChunkView, _ row: Int) throws -> SilverMovementRecord {
    let name = chunk.text(12, row)
    let isCancellation = name.hasPrefix("cancel_")
    guard let type = MovementKind(isCancellation ? name.dropFirst("cancel_".count) : name[...]) else {
      throw LakehouseError(.ourselves, "silver.movement_record holds a type that it should not have let in")
    }
    return SilverMovementRecord(
      hubPartition: chunk.int32(0, row), hubOffset: chunk.int64(1, row), enqueuedAt: chunk.int64(2, row), contentHash: chunk.int64(3, row),
      eventKey: chunk.optionalInt64(4, row), cancelsEventKey: chunk.optionalInt64(5, row), journeyKey: chunk.int64(6, row),
      encounterKey: chunk.int64(7, row), encounterID: chunk.text(8, row), patientID: chunk.text(9, row), patientKeyHash: chunk.int64(10, row),
      hospitalID: chunk.int32(11, row), type: type, isCancellation: isCancellation, encounterClass: chunk.optionalText(13, row),
      occurredAt: chunk.int64(14, row), recordedAt: chunk.int64(15, row), department: chunk.optionalText(16, row),
      room: chunk.optionalText(17, row), bedID: chunk.optionalText(18, row), gender: chunk.optionalText(19, row),
      age: chunk.optionalInt32(20, row), birthYear: chunk.optionalInt32(21, row), seenAt: chunk.optionalInt64(22, row),
      admitDecisionAt: chunk.optionalInt64(26, row), expectedDischargeTime: chunk.optionalInt64(23, row), disposition: chunk.optionalText(24, row),
      flags: chunk.optionalText(25, row))
  }
}
