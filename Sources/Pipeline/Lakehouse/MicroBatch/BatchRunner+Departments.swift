internal import DuckDB

/// Changed departments and hospitals, and the journeys whose rows depend on them.
extension BatchRunner {
  /// Takes the department changes of the batch into the dimensions; the journeys that depend on what moved stand in `touched_journey`.
  func changeDepartments() throws {
    isRewriting = true
    try perform(plan.departments)
    compiled?.forgetDimensions()
    try followZones()
    hasHospitalsToReplay = true
    try deferTouched()
  }

  /// Leaves the journeys of `touched_journey` to ``restatePending(sliceRecords:)`` if they are many: a changed time zone touches all that a
  /// hospital ever had, which is more than one transaction can hold in memory. They are written down with the change that touched them.
  func deferTouched() throws {
    let count = Int(try connection.query("select count(*) from touched_journey").scalar.int64 ?? 0)
    guard count > deferredJourneys else { return }
    try connection.execute(
      """
      insert into ops.touched_journey
      select journey_key from touched_journey where journey_key not in (select journey_key from ops.touched_journey);
      delete from touched_journey
      """)
    hasDeferred = true
  }

  /// Restates the journeys that were left, part by part; each part's keys go with the transaction that restates them.
  /// - Returns: how many journeys that were.
  func restateDeferred(atOnce count: Int) throws -> Int {
    var journeys = 0
    while hasDeferred {
      var taken = 0
      try inTransaction {
        try plan.empty()
        taken = try connection.execute("insert into touched_journey select journey_key from ops.touched_journey limit \(max(1, count))")
        guard taken > 0 else { return }
        try connection.execute("delete from ops.touched_journey where journey_key in (select journey_key from touched_journey)")
        _ = try finishRestating(try restateTouched(), isWhole: false)
      }
      journeys += taken
      hasDeferred = taken > 0
      // What they were thawed for is done; hot tables stay small.
      if taken > 0 { try freeze() }
      if store.logIsLong { try timed(.checkpoint) { try checkpoint() } } else { try renewStaging() }
    }
    return journeys
  }
}
