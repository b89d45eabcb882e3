internal import DuckDB
internal import Journeys

/// Writes restated rows to the hot tables, column by column in the order of models/TABLES.sql.
enum GoldWriter {
  fileprivate static let text = ChunkAppender.ElementType.text
  fileprivate static let instant = ChunkAppender.ElementType.timestamp

  static func write(_ rows: [JourneyMovement], _ connection: Connection) throws(DuckDBError) {
    if rows.isEmpty { return }
    let to = try connection.appender(
      schema: "hot", table: "movement",
      types: [
        .bigint, .bigint, .bigint, text, text, .bigint, .integer, text, text, instant, instant, instant, .bigint, text, text, text, text, .integer,
        .integer, .double, instant, instant, text, .boolean, text, .integer, text, .integer, .integer, instant, instant, instant, instant, instant,
        instant,
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
    try to.finish()
  }

  static func write(_ rows: [Visit], _ connection: Connection) throws(DuckDBError) {
    if rows.isEmpty { return }
    let to = try connection.appender(
      schema: "hot", table: "fact_patient_flow",
      types: [
        .bigint, .bigint, text, text, .bigint, .bigint, .bigint, .integer, text, .bigint, instant, instant, instant, instant, .date, .date, instant,
        .double, .double, text, text, .integer, text, .boolean, .boolean, text, .boolean, text, instant, instant,
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
    try to.finish()
  }

  static func write(_ rows: [BedStay], _ connection: Connection) throws(DuckDBError) {
    if rows.isEmpty { return }
    let to = try connection.appender(
      schema: "hot", table: "bed_stay", types: [.bigint, .bigint, text, text, .integer, text, .bigint, text, text, instant, instant])
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
    try to.finish()
  }

  static func write(_ rows: [PatientVersion], into table: String, _ connection: Connection) throws(DuckDBError) {
    if rows.isEmpty { return }
    let to = try connection.appender(
      schema: String(table.prefix { $0 != "." }), table: StoreLayout.bare(table),
      types: [.bigint, text, .bigint, text, .integer, text, instant, instant, .boolean])
    for row in rows {
      to.setBigint(0, PatientKey.of(row))
      to.setText(1, row.patientID)
      to.setBigint(2, row.patientKeyHash)
      to.setText(3, row.gender)
      to.setOptionalInteger(4, row.birthYear)
      to.setText(5, row.ageBand)
      to.setBigint(6, row.effectiveFrom)
      to.setBigint(7, row.effectiveTo)
      to.setBoolean(8, row.isCurrent)
      try to.endRow()
    }
    try to.finish()
  }
}

extension GoldWriter {
  /// What the hourly flow moves by.
  static func write(_ flow: HourlyFlow, _ connection: Connection) throws(DuckDBError) {
    let to = try connection.appender(
      schema: "delta", table: "fact_flow_hourly", types: [.integer, text, instant, .bigint, .bigint, .bigint, .bigint, .bigint, .bigint])
    for (key, sums) in flow.sums where !sums.isZero {
      to.setInteger(0, key.hospitalID)
      to.setText(1, key.department)
      to.setBigint(2, key.hourAt)
      to.setBigint(3, sums.admissions)
      to.setBigint(4, sums.discharges)
      to.setBigint(5, sums.transfersIn)
      to.setBigint(6, sums.transfersOut)
      to.setBigint(7, sums.netChange)
      to.setBigint(8, sums.patientSeconds)
      try to.endRow()
    }
    try to.finish()
  }

  /// What the findings by hour move by.
  static func write(_ findings: QualityFindings, _ connection: Connection) throws(DuckDBError) {
    let to = try connection.appender(schema: "delta", table: "quality_hourly", types: [text, .integer, instant, .bigint])
    for (key, count) in findings.counts where count != 0 {
      to.setText(0, key.rule)
      to.setInteger(1, key.hospitalID)
      to.setBigint(2, key.hourAt)
      to.setBigint(3, count)
      try to.endRow()
    }
    try to.finish()
  }
}
