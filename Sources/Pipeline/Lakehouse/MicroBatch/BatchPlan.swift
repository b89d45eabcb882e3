internal import DuckDB

/// The prepared statements of a batch.
///
/// Planning the models costs more than running them on a small batch, so a plan is kept. A plan is made from the sizes
/// of the tables at that time and would build its hash tables on the wrong side once they have grown: so it is made
/// anew now and then (``replan()``), and large batches plan for themselves.
final class BatchPlan {
  /// A statement and its plan.
  final class Prepared {
    let stage: BatchStage
    private let sql: String
    private let connection: Connection
    private var statement: PreparedStatement?

    init(_ statement: Statements.Statement, _ connection: Connection) {
      stage = statement.stage
      sql = statement.sql
      self.connection = connection
    }

    /// - Parameter isLarge: plans for the tables as they are now and forgets that plan.
    /// - Returns: how many rows it changed.
    @discardableResult
    func run(isLarge: Bool) throws(DuckDBError) -> Int {
      if isLarge {
        statement = nil
        return try connection.execute(sql)
      }
      if let statement { return try statement.execute() }
      let prepared = try connection.prepare(sql)
      statement = prepared
      return try prepared.execute()
    }

    func forget() { statement = nil }
  }

  let append: [Prepared]
  let putAside: [Prepared]
  let movements: [Prepared]
  let patients: [Prepared]
  let patientsWithHistory: [Prepared]
  let replacePatients: [Prepared]
  let journeysOfChangedPatients: Prepared
  let facts: [Prepared]
  let aggregates: [Prepared]
  let drift: [Prepared]
  let thaw: [(find: Prepared, move: [Prepared])]
  let freeze: [Prepared]
  let departments: [Prepared]
  let dimensions: [Prepared]
  let times: [Prepared]
  let months: PreparedStatement
  let touchedJourneys: PreparedStatement
  let touchedPatients: PreparedStatement
  let clock: PreparedStatement
  let forgetOffsets: PreparedStatement
  let logBatch: PreparedStatement
  let recordsByHospital: PreparedStatement
  private let emptying: [PreparedStatement]

  init(connection: Connection, statements: Statements) throws {
    func prepared(_ list: [Statements.Statement]) -> [Prepared] {
      list.map { Prepared($0, connection) }
    }
    append = prepared(try statements.append().filter { !$0.sql.contains("staged_event") })
    putAside = prepared(try statements.append(isPending: true).filter { !$0.sql.contains("staged_event") })
    movements = prepared(try statements.movements())
    patients = prepared(try statements.patients(movements: "hot.movement"))
    patientsWithHistory = prepared(try statements.patients(movements: "silver.movement"))
    replacePatients = prepared(statements.replacePatients())
    journeysOfChangedPatients = prepared([statements.journeysOfChangedPatients()])[0]
    facts = prepared(try statements.facts())
    aggregates = prepared(try statements.aggregates())
    drift = prepared(try statements.drift())
    emptying = try StagingTables.all.map { try connection.prepare("truncate \($0)") }
    thaw = statements.thaw().map { (Prepared($0.find, connection), prepared($0.move)) }
    freeze = prepared(statements.freeze())
    departments = prepared(try statements.departments())
    dimensions = prepared(try statements.dimensions())
    times = prepared(try statements.times())
    months = try connection.prepare(Statements.months)
    touchedJourneys = try connection.prepare("select journey_key from touched_journey")
    touchedPatients = try connection.prepare("select patient_key_hash from touched_patient")
    clock = try connection.prepare("update gold.clock set now = ?, batch = ?, committed_at = ?")
    forgetOffsets = try connection.prepare("delete from ops.hub_offset")
    recordsByHospital = try connection.prepare(
      "select hospital_id, count(*) from (select hospital_id from n_stay_record union all select hospital_id from n_movement_record) group by hospital_id"
    )
    logBatch = try connection.prepare("insert into ops.batch values (?, ?, ?, ?, ?, ?)")
  }

  /// Empties the staging tables.
  func empty() throws(DuckDBError) { for statement in emptying { try statement.execute() } }

  /// Lets every plan be made anew at its next use.
  func replan() {
    for list in [
      append, putAside, movements, patients, patientsWithHistory, replacePatients, [journeysOfChangedPatients], facts, aggregates, drift,
      thaw.map(\.find),
      thaw.flatMap(\.move), freeze,
      departments,
      times,
    ] {
      for statement in list { statement.forget() }
    }
  }
}
