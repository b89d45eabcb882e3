internal import DuckDB

/// The statements of a batch, each with the stage it is timed under, written out once from the models.
struct Statements {
  struct Statement {
    let stage: BatchStage
    let sql: String
  }

  private let catalog: ModelCatalog

  init(catalog: ModelCatalog) { self.catalog = catalog }

  /// A model's SELECT with its inputs replaced. Inputs without a replacement stay what they are.
  func select(_ model: String, _ inputs: [String: String]) throws(LakehouseError) -> String {
    try ReferenceRewriter.rewrite(catalog.model(model).sql) { schema, table throws(LakehouseError) in
      schema == "parsed" ? "parsed_\(table)" : inputs["\(schema).\(table)"]
    }
  }

  /// The logical tables that a model reads.
  func inputs(_ model: String) throws(LakehouseError) -> [String] { try catalog.model(model).inputs }

  /// From staging to the appended records of silver.
  /// - Parameter isPending: whether their journeys are restated later.
  func append(isPending: Bool = false) throws(LakehouseError) -> [Statement] {
    let part = isPending ? StoreLayout.pending : StoreLayout.hot
    return [
      Statement(stage: .bronze, sql: "insert into bronze.event select * from staged_event"),
      Statement(stage: .silver, sql: "insert into n_quarantine by name \(try select("silver.quarantine", [:]))"),
      Statement(stage: .silver, sql: "insert into silver.quarantine select * from n_quarantine"),
      Statement(stage: .silver, sql: "insert into n_stay_record by name \(try select("silver.stay_record", [:]))"),
      Statement(stage: .silver, sql: "insert into n_movement_record by name \(try select("silver.movement_record", [:]))"),
      Statement(stage: .silver, sql: "insert into \(part("silver.stay_record")) select * from n_stay_record"),
      Statement(stage: .silver, sql: "insert into \(part("silver.movement_record")) select * from n_movement_record"),
      Statement(
        stage: .silver,
        sql: """
          insert into touched_journey
          select journey_key from (select journey_key from n_stay_record union select journey_key from n_movement_record)
          where journey_key not in (select journey_key from touched_journey)
          """),
    ]
  }

  /// The small dimensions, whole.
  func dimensions() throws(LakehouseError) -> [Statement] {
    var statements: [Statement] = []
    for name in ["gold.dim_hospital", "gold.dim_department"] {
      statements.append(Statement(stage: .departments, sql: "delete from \(name)"))
      statements.append(Statement(stage: .departments, sql: "insert into \(name) by name \(try select(name, [:]))"))
    }
    return statements
  }

  /// Moves the journeys of `thawed_journey` from the cold to the hot tables.
  ///
  /// Their rows are looked for by the key alone and then fetched by their numbers: a filter on the key in the same scan
  /// would read every column of every cold row (measured at 6 million rows: 40 ms against 140).
  /// - Returns: for each table how its rows are found, moved, and taken away.
  func thaw() -> [(find: Statement, move: [Statement])] {
    StoreLayout.journeyTables.map { table in
      let (hot, cold) = (StoreLayout.hot(table), StoreLayout.cold(table))
      func statement(_ sql: String) -> Statement { Statement(stage: .thaw, sql: sql) }
      return (
        statement("insert into thawed_row select rowid from \(cold) where journey_key in (select journey_key from thawed_journey)"),
        [
          statement("insert into \(hot) select * from \(cold) where rowid in (select row_number from thawed_row)"),
          statement("delete from \(cold) where rowid in (select row_number from thawed_row)"),
          statement("truncate thawed_row"),
        ]
      )
    }
  }

  /// Moves the journeys of `frozen_journey` from the hot to the cold tables.
  func freeze() -> [Statement] {
    StoreLayout.journeyTables.flatMap { table in
      let (hot, cold) = (StoreLayout.hot(table), StoreLayout.cold(table))
      return [
        "insert into \(cold) select * from \(hot) where journey_key in (select journey_key from frozen_journey)",
        "delete from \(hot) where journey_key in (select journey_key from frozen_journey)",
      ].map { Statement(stage: .freeze, sql: $0) }
    }
  }

  /// Copies the touched rows of a hot table, so that a model which reads its input in several places scans it once.
  private func take(_ logical: String, into copy: String, stage: BatchStage) -> Statement {
    Statement(
      stage: stage,
      sql: "insert into \(copy) select * from \(StoreLayout.hot(logical)) where journey_key in (select journey_key from touched_journey)")
  }

  /// Movements of the touched journeys; then the patients they touch.
  func movements() throws(LakehouseError) -> [Statement] {
    let model = try select(
      "silver.movement",
      ["silver.stay_record": "t_stay_record", "silver.movement_record": "t_movement_record"])
    return [
      take("silver.stay_record", into: "t_stay_record", stage: .silver),
      take("silver.movement_record", into: "t_movement_record", stage: .silver),
      Statement(stage: .silver, sql: "insert into b_movement by name \(model)"),
      Statement(
        stage: .silver, sql: "insert into o_movement select * from hot.movement where journey_key in (select journey_key from touched_journey)"),
      Statement(stage: .silver, sql: "delete from hot.movement where journey_key in (select journey_key from touched_journey)"),
      Statement(stage: .silver, sql: "insert into hot.movement select * from b_movement"),
      Statement(
        stage: .patients,
        sql: """
          insert into touched_patient
          select distinct patient_key_hash from (select patient_key_hash from b_movement union all select patient_key_hash from o_movement)
          """),
    ]
  }

  /// The patient dimension of the touched patients. `movements` is where their movements lie: hot, or both parts.
  func patients(movements: String) throws(LakehouseError) -> [Statement] {
    let model = try select(
      "gold.dim_patient",
      ["silver.movement": "t_patient_movement"])
    return [
      Statement(
        stage: .patients,
        sql: "insert into t_patient_movement select * from \(movements) where patient_key_hash in (select patient_key_hash from touched_patient)"),
      Statement(stage: .patients, sql: "insert into b_dim_patient by name \(model)"),
      Statement(
        stage: .patients,
        sql: "insert into o_dim_patient select * from gold.dim_patient where patient_key_hash in (select patient_key_hash from touched_patient)"),
      Statement(
        stage: .patients,
        sql: """
          insert into changed_patient
          select distinct patient_key_hash from (
            (select * from o_dim_patient except select * from b_dim_patient)
            union all
            (select * from b_dim_patient except select * from o_dim_patient))
          """),
    ]
  }

  /// Puts the changed versions in place.
  func replacePatients() -> [Statement] {
    [
      Statement(
        stage: .patients,
        sql:
          "delete from gold.dim_patient where patient_key_hash in (select patient_key_hash from o_dim_patient semi join changed_patient using (patient_key_hash))"
      ),
      Statement(
        stage: .patients,
        sql: "insert into gold.dim_patient select * from b_dim_patient where patient_key_hash in (select patient_key_hash from changed_patient)"),
    ]
  }

  /// Journeys whose facts hold a key of a version that is no more: all of a changed patient's journeys.
  func journeysOfChangedPatients() -> Statement {
    Statement(
      stage: .patients,
      sql: """
        insert into touched_journey
        select distinct journey_key from gold.fact_patient_flow
        where patient_key_hash in (select patient_key_hash from changed_patient semi join o_dim_patient using (patient_key_hash))
          and journey_key not in (select journey_key from touched_journey)
        """)
  }

  /// Facts and bed stays of the touched journeys.
  func facts() throws(LakehouseError) -> [Statement] {
    // Not `b_dim_patient`: an encounter that changed its patient is touched by one of them and has facts of the other too.
    let inputs = [
      "silver.movement": "t_movement",
      "gold.dim_patient": "(select * from gold.dim_patient where patient_key_hash in (select patient_key_hash from t_movement))",
    ]
    return [
      take("silver.movement", into: "t_movement", stage: .gold),
      Statement(stage: .gold, sql: "insert into b_fact_patient_flow by name \(try select("gold.fact_patient_flow", inputs))"),
      Statement(
        stage: .gold,
        sql: "insert into o_fact_patient_flow select * from hot.fact_patient_flow where journey_key in (select journey_key from touched_journey)"),
      Statement(stage: .gold, sql: "delete from hot.fact_patient_flow where journey_key in (select journey_key from touched_journey)"),
      Statement(stage: .gold, sql: "insert into hot.fact_patient_flow select * from b_fact_patient_flow"),
      Statement(stage: .gold, sql: "insert into b_bed_stay by name \(try select("gold.bed_stay", inputs))"),
      Statement(stage: .gold, sql: "delete from hot.bed_stay where journey_key in (select journey_key from touched_journey)"),
      Statement(stage: .gold, sql: "insert into hot.bed_stay select * from b_bed_stay"),
    ]
  }

  /// Aggregates move by the difference between what was restated and what it replaced.
  func aggregates() throws(LakehouseError) -> [Statement] {
    var statements: [Statement] = []
    for table in StoreLayout.additiveTables {
      let keys = table.keys.joined(separator: ", ")
      let minus = table.measures.map { "-\($0) as \($0)" }.joined(separator: ", ")
      let measures = table.measures.joined(separator: ", ")
      let new = try select(table.name, newRows)
      let old = try select(table.name, oldRows)
      statements.append(
        Statement(
          stage: .aggregates,
          sql: """
            insert into \(StoreLayout.delta(table.name)) by name
            select \(keys), \(table.measures.map { "sum(\($0)) as \($0)" }.joined(separator: ", ")) from (
              select \(keys), \(measures) from (\(new)) union all select \(keys), \(minus) from (\(old)))
            group by \(keys) having \(table.measures.map { "sum(\($0)) <> 0" }.joined(separator: " or "))
            """))
    }
    return statements
  }

  /// Fields that no schema declares.
  func drift() throws(LakehouseError) -> [Statement] {
    [Statement(stage: .aggregates, sql: "insert into delta.drift by name \(try select("gold.drift", [:]))")]
  }

  /// The hours of the months that the appended records bring, as far as they are not there.
  func times() throws(LakehouseError) -> [Statement] {
    let model = try select("gold.dim_time", ["silver.stay_record": "n_stay_record", "silver.movement_record": "n_movement_record"])
    return [
      Statement(
        stage: .departments,
        sql: "insert into gold.dim_time by name select * from (\(model)) as hours where time_key not in (select time_key from gold.dim_time)")
    ]
  }

  /// The months of the appended records.
  static let months = """
    select distinct epoch_us(cast(date_trunc('month', instant) as timestamp)) from (
      select admission_time as instant from n_stay_record union all select recorded_at from n_stay_record
      union all select occurred_at from n_movement_record) as instants
    where instant is not null
    """

  private var newRows: [String: String] {
    [
      "silver.stay_record": "n_stay_record", "silver.movement_record": "n_movement_record", "silver.quarantine": "n_quarantine",
      "silver.department_change": "n_department_change", "silver.movement": "b_movement", "gold.fact_patient_flow": "b_fact_patient_flow",
      "gold.bed_stay": "b_bed_stay",
    ]
  }

  /// Appended tables replace nothing: their old rows are none.
  private var oldRows: [String: String] {
    [
      "silver.stay_record": "(select * from n_stay_record limit 0)", "silver.movement_record": "(select * from n_movement_record limit 0)",
      "silver.quarantine": "(select * from n_quarantine limit 0)",
      "silver.department_change": "(select * from n_department_change limit 0)", "silver.movement": "o_movement",
      "gold.fact_patient_flow": "o_fact_patient_flow",
    ]
  }
}
