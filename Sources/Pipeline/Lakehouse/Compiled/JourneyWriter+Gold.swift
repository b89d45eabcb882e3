internal import DuckDB
internal import Journeys

extension JourneyWriter {
  func write(_ rows: [JourneyMovement]) throws(DuckDBError) {
    if rows.isEmpty { return }
    let to = try appender(
      "movement",
      [
        .bigint, .bigint, .bigint, Self.text, Self.text, .bigint, .integer, Self.text, Self.text, Self.instant, Self.instant, Self.instant, .bigint,
        Self.text, Self.text, Self.text, Self.text, .integer,
        .integer, .double, Self.instant, Self.instant, Self.text, .boolean, Self.text, .integer, Self.text, .integer, .integer, Self.instant,
        Self.instant, Self.instant, Self.instant, Self.instant,
        Self.instant,
      ])
    for row in rows {
      to.setBigint(0, row.movementKey)
      to.setBigint(1, row.journeyKey)
      to.setBigint(2, row.encounterKey)
      to.setText(3, row.encounterID)
      to.setText(4, row.patientID)
      to.setBigint(5, row.patientKeyHash)
      to.setInteger(6, row.hospitalID)
      to.setText(7, row.type.name)
      to.setOptionalText(8, row.encounterClass)
      to.setBigint(9, row.occurredAt)
      to.setBigint(10, row.recordedAt)
      to.setBigint(11, row.enqueuedAt)
      to.setBigint(12, row.contentHash)
      to.setOptionalText(13, row.department)
      to.setOptionalText(14, row.room)
      to.setOptionalText(15, row.bedID)
      to.setOptionalText(16, row.gender)
      to.setOptionalInteger(17, row.age)
      to.setOptionalInteger(18, row.birthYear)
      to.setOptionalDouble(19, row.waitMinutes)
      to.setOptionalBigint(20, row.seenAt)
      to.setOptionalBigint(21, row.expectedDischargeTime)
      to.setOptionalText(22, row.disposition)
      to.setBoolean(23, row.isCancelled)
      to.setText(24, row.isFromStay ? "stay" : "movement")
      to.setInteger(25, row.duplicates)
      to.setOptionalText(26, row.flags)
      let outcome = row.outcome
      to.setOptionalInteger(27, outcome?.placeNumber)
      to.setOptionalInteger(28, outcome?.places)
      to.setOptionalBigint(29, outcome?.arrivedAt)
      to.setOptionalBigint(30, outcome?.admittedAt)
      to.setOptionalBigint(31, outcome?.leftAt)
      to.setOptionalBigint(32, outcome?.dischargedAt)
      to.setOptionalBigint(33, outcome?.knownAt)
      to.setOptionalBigint(34, outcome?.knownEnqueuedAt)
      try to.endRow()
    }
  }

  func write(_ rows: [Visit]) throws(DuckDBError) {
    if rows.isEmpty { return }
    let to = try appender(
      "fact_patient_flow",
      [
        .bigint, .bigint, Self.text, Self.text, .bigint, .bigint, .bigint, .integer, Self.text, .bigint, Self.instant, Self.instant, Self.instant,
        Self.instant, .date, .date, Self.instant,
        .double, .double, Self.text, Self.text, .integer, Self.text, .boolean, .boolean, Self.text, .boolean, Self.text, Self.instant, Self.instant,
      ])
    for row in rows {
      to.setBigint(0, row.patientFlowKey)
      to.setBigint(1, row.journeyKey)
      to.setText(2, row.encounterID)
      to.setText(3, row.patientID)
      to.setOptionalBigint(4, row.patientKey)
      to.setBigint(5, row.patientKeyHash)
      to.setOptionalBigint(6, row.departmentKey)
      to.setInteger(7, row.hospitalID)
      to.setText(8, row.department)
      to.setBigint(9, row.timeKey)
      to.setOptionalBigint(10, row.arrivalTime)
      to.setOptionalBigint(11, row.admissionTime)
      to.setOptionalBigint(12, row.dischargeTime)
      to.setOptionalBigint(13, row.expectedDischargeTime)
      to.setDate(14, row.admissionDate)
      to.setOptionalInteger(15, row.dischargeDate)
      to.setOptionalBigint(16, row.encounterAdmissionTime)
      to.setOptionalDouble(17, row.waitMinutes)
      to.setOptionalDouble(18, row.lengthOfStayHours)
      to.setOptionalText(19, row.bedID)
      to.setOptionalText(20, row.encounterClass)
      to.setOptionalInteger(21, row.age)
      to.setOptionalText(22, row.dischargeDisposition)
      to.setBoolean(23, row.isFirstVisit)
      to.setBoolean(24, row.isLastVisit)
      to.setOptionalText(25, row.nextDepartment)
      to.setBoolean(26, row.isPresumed)
      to.setOptionalText(27, row.flags)
      to.setOptionalBigint(28, row.recordedAt)
      to.setOptionalBigint(29, row.enqueuedAt)
      try to.endRow()
    }
  }

  func write(_ rows: [BedStay]) throws(DuckDBError) {
    if rows.isEmpty { return }
    let to = try appender(
      "bed_stay", [.bigint, .bigint, Self.text, Self.text, .integer, Self.text, .bigint, Self.text, Self.text, Self.instant, Self.instant])
    for row in rows {
      to.setBigint(0, row.bedStayKey)
      to.setBigint(1, row.journeyKey)
      to.setText(2, row.encounterID)
      to.setText(3, row.patientID)
      to.setInteger(4, row.hospitalID)
      to.setText(5, row.department)
      to.setOptionalBigint(6, row.departmentKey)
      to.setOptionalText(7, row.room)
      to.setText(8, row.bedID)
      to.setBigint(9, row.admissionTime)
      to.setOptionalBigint(10, row.dischargeTime)
      try to.endRow()
    }
  }
}
