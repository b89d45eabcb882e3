internal import DuckDB

extension BatchRunner {
  /// Takes changed settings of hospitals into the dimensions, and restates what depends on them: the hours and dates of a hospital whose
  /// zone has changed, the discharges of one that is presumed to confirm none.
  /// - Returns: `nil` if nothing had to be restated.
  func refreshHospitals() throws -> BatchResult? {
    let wanted = try statements.select("gold.dim_hospital", [:])
    let changed =
      try connection.query(
        """
        select count(*) from (
          (select * from (\(wanted)) as w except select * from gold.dim_hospital)
          union all
          (select * from gold.dim_hospital except select * from (\(wanted)) as w)) as changes
        """
      ).scalar.int64 ?? 0
    guard changed > 0 else { return nil }
    if hasPending { _ = try restatePending() }
    try setSize(isLarge: true)
    var result: BatchResult?
    try inTransaction {
      try plan.empty()
      try connection.execute(
        """
        create or replace temp table hospital_before as select hospital_id, time_zone, presume_discharge from gold.dim_hospital
        """)
      isRewriting = true
      try perform(plan.dimensions)
      compiled?.forgetDimensions()
      try followZones()
      try connection.execute(
        """
        insert into touched_journey
        select distinct journey_key from gold.fact_patient_flow
        where hospital_id in (
          select before.hospital_id from hospital_before as before
          inner join gold.dim_hospital as after on after.hospital_id = before.hospital_id
          where after.time_zone <> before.time_zone or after.presume_discharge <> before.presume_discharge)
        """)
      try deferTouched()
      let journeys = try restateTouched()
      hasHospitalsToReplay = true
      guard journeys > 0 else { return }
      result = try finishRestating(journeys)
    }
    return result
  }

  /// Gives every month that has records its hours in each zone there is now, and takes away those of zones that are no more; the rest of
  /// `gold.dim_time` only grows with the months of new records. Looks at the records only when a zone has come that has no hours.
  func followZones() throws {
    try connection.execute("delete from gold.dim_time where time_zone not in (select time_zone from gold.dim_hospital)")
    let fresh =
      try connection.query("select count(*) from (select time_zone from gold.dim_hospital except select time_zone from gold.dim_time) as fresh")
      .scalar
      .int64 ?? 0
    guard fresh > 0 else { return }
    let model = try statements.select("gold.dim_time", [:])
    try connection.execute(
      "insert into gold.dim_time by name select * from (\(model)) as hours where time_key not in (select time_key from gold.dim_time)")
  }
}
