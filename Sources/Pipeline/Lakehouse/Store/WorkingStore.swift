public import DuckDB
internal import Foundation
internal import Synchronization

/// The one DuckDB file of a process: bronze, silver, gold and the offsets they stand for.
///
/// Everything a batch changes commits together or not at all. Only the writer connection writes.
public final class WorkingStore: Sendable {
  public let database: Database
  public let configuration: StoreConfiguration
  public let catalog: ModelCatalog
  let writer: Connection
  let progress = StoreProgress()
  /// Names this store for ever; a restored or new store has another.
  public let storeID: String

  /// The layout this code writes. A store with a higher number was written by a newer version.
  static let layoutVersion = 2

  /// Opens the store, making it if it is new, and checks that it belongs to this key and this kind of feed.
  public init(configuration: StoreConfiguration, catalog: ModelCatalog, keyID: String) throws {
    self.configuration = configuration
    self.catalog = catalog
    let folder = configuration.directory + "/store"
    let temporary = folder + "/temporary"
    do {
      // What a killed process spilled is nobody's any more.
      if FileManager.default.fileExists(atPath: temporary) { try FileManager.default.removeItem(atPath: temporary) }
      try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
    } catch {
      throw LakehouseError(.configuration, "can't make the store's folder \(folder): \(error.localizedDescription)")
    }
    do {
      database = try Database(
        path: folder + "/patient-flow.duckdb",
        configuration: [
          "memory_limit": configuration.memoryLimit, "threads": "1", "temp_directory": temporary,
          "checkpoint_threshold": "\(configuration.checkpointBytes)B", "preserve_insertion_order": "false",
          // A checkpoint takes a third less time than in the default format, which DuckDB 1.0 can still read.
          "storage_compatibility_version": "v1.5.0",
          // A large transaction writes each row group when it is full; five of each table would not fit into the limit and be spilled.
          "write_buffer_row_group_count": "1",
        ])
    } catch {
      guard error.code == .open, error.message.contains("lock") else { throw error }
      throw LakehouseError(.refused, "another process uses the store in \(folder); stop it, or name another folder with --data-dir")
    }
    writer = try database.connect()
    // After the spill folder is set: with it no statement, ours or a user's, reads or writes any other file.
    // A store that is given up must not write what it has in memory over what is in its file; an orderly end has a checkpoint of its own.
    try writer.execute("PRAGMA disable_checkpoint_on_shutdown")
    try writer.execute("SET GLOBAL enable_external_access = false; SET GLOBAL TimeZone = 'UTC'")
    storeID = try Self.prepare(writer, configuration: configuration, catalog: catalog, keyID: keyID)
  }

  /// Makes what is missing; returns the store's id.
  private static func prepare(
    _ connection: Connection, configuration: StoreConfiguration, catalog: ModelCatalog, keyID: String
  ) throws -> String {
    for schema in ["bronze", "silver", "gold", "hot", "cold", "pending", "delta", "ops"] {
      try connection.execute("create schema if not exists \(schema)")
    }
    try connection.execute("create table if not exists ops.meta (name varchar, value varchar)")
    try connection.execute("create table if not exists ops.touched_journey (journey_key bigint)")
    var meta = [String: String]()
    for row in try connection.query("select name, value from ops.meta").rows { meta[row[0].string ?? ""] = row[1].string }
    if let version = meta["layout_version"].flatMap(Int.init), version != layoutVersion {
      throw LakehouseError(
        .refused,
        "the store has layout \(version), this version writes \(layoutVersion); use the version that wrote it, or start with another --data-dir")
    }
    if let known = meta["key_id"], known != keyID {
      throw LakehouseError(
        .refused,
        "the store was made under another pseudonym key (\(known), now \(keyID)); give that key back, or start a new store with another --data-dir")
    }
    if let known = meta["is_simulated"], known != "\(configuration.isSimulated)" {
      throw LakehouseError(
        .refused,
        known == "true"
          ? "the store holds simulated hospitals and takes no real feed; start with --simulator, or name another --data-dir"
          : "the store holds real feeds and takes no simulator; start with --no-simulator, or name another --data-dir")
    }
    try connection.execute(catalog.macros)
    if meta["store_id"] == nil {
      try connection.transaction {
        try makeTables(connection, catalog: catalog)
        let identity = UUID().uuidString.lowercased()
        for (name, value) in [
          "store_id": identity, "key_id": keyID, "is_simulated": "\(configuration.isSimulated)", "layout_version": "\(layoutVersion)",
        ] {
          try connection.prepare("insert into ops.meta values (?, ?)").execute([.text(name), .text(value)])
        }
        meta["store_id"] = identity
        try connection.prepare(
          "insert into gold.clock (now, is_simulated, batch, committed_at) values (timestamp '1970-01-01', ?, 0, timestamp '1970-01-01')"
        )
        .execute([.boolean(configuration.isSimulated)])
      }
    }
    // Views follow the models on disk, which an analyst may have changed since.
    for view in catalog.views {
      let text = try ReferenceRewriter.rewrite(view.sql) { schema, table throws(LakehouseError) in
        StoreLayout.relation(forView: view.name, schema, table)
      }
      do { try connection.execute("create or replace view \(view.name) as \(text)") } catch {
        throw LakehouseError(.configuration, "models/\(view.file): \(error.message)")
      }
    }
    return meta["store_id"] ?? ""
  }

  private static func makeTables(_ connection: Connection, catalog: ModelCatalog) throws {
    try connection.execute(
      """
      create table bronze.event (hub_partition integer, hub_offset bigint, enqueued_at timestamp, body blob);
      create table ops.hub_offset (hub_partition integer, next_offset bigint, restated_offset bigint);
      create table ops.batch (batch bigint, committed_at timestamp, records bigint, restated_journeys bigint, newest_enqueued_at timestamp, milliseconds double);
      """)
    let additive = Set(StoreLayout.additiveTables.map(\.name))
    for statement in statements(in: catalog.tables) {
      guard let reference = ReferenceRewriter.references(in: statement).first else { continue }
      let logical = "\(reference.schema).\(reference.table)"
      let places: [String]
      if StoreLayout.journeyTables.contains(logical) {
        places = [StoreLayout.hot(logical), StoreLayout.cold(logical)]
      } else if additive.contains(logical) || logical == StoreLayout.drift {
        places = [StoreLayout.delta(logical)]
      } else if reference.schema == "silver" || reference.schema == "gold" {
        places = [logical]
      } else {
        continue
      }
      for place in places {
        let text = try ReferenceRewriter.rewrite(statement) { schema, table throws(LakehouseError) in "\(schema).\(table)" == logical ? place : nil }
        do { try connection.execute(text) } catch { throw LakehouseError(.configuration, "models/TABLES.sql, \(logical): \(error.message)") }
      }
    }
    for logical in StoreLayout.journeyTables {
      var parts = [StoreLayout.hot(logical), StoreLayout.cold(logical)]
      if StoreLayout.recordTables.contains(logical) {
        parts.append(StoreLayout.pending(logical))
        try connection.execute("create table \(StoreLayout.pending(logical)) as from \(StoreLayout.hot(logical)) limit 0")
      }
      try connection.execute("create view \(logical) as \(parts.map { "select * from \($0)" }.joined(separator: " union all "))")
    }
    try connection.execute(
      """
      create view gold.drift as
      select shape, field, cast(sum(records) as bigint) as records, min(first_seen_at) as first_seen_at, max(last_seen_at) as last_seen_at
      from delta.drift group by shape, field
      """)
    for table in StoreLayout.additiveTables {
      let keys = table.keys.joined(separator: ", ")
      let sums = table.measures.map { "cast(sum(\($0)) as bigint) as \($0)" }.joined(separator: ", ")
      let changed = table.measures.map { "sum(\($0)) <> 0" }.joined(separator: " or ")
      try connection.execute(
        "create view \(table.name) as select \(keys), \(sums) from \(StoreLayout.delta(table.name)) group by \(keys) having \(changed)")
    }
  }

  /// What the network file says of the hospitals, for `gold.dim_hospital`.
  public func setHospitals(_ settings: [HospitalSetting]) throws {
    try writer.transaction {
      try writer.execute("delete from silver.hospital_setting")
      let insert = try writer.prepare(
        "insert into silver.hospital_setting (hospital_id, hospital_name, time_zone, presume_discharge) values (?, ?, ?, ?)")
      for setting in settings {
        try insert.execute([.integer(Int64(setting.hospitalID)), .text(setting.name), .text(setting.timeZone), .boolean(setting.presumesDischarge)])
      }
    }
  }

  /// The offset after the last committed record, by partition.
  public func hubOffsets(partitions: Int) throws -> [Int64] {
    var offsets = [Int64](repeating: 0, count: partitions)
    for row in try writer.query("select hub_partition, next_offset from ops.hub_offset").rows {
      if let partition = row[0].int64, partition < partitions { offsets[Int(partition)] = row[1].int64 ?? 0 }
    }
    return offsets
  }

  /// What the store knows of each department now.
  public func departments() throws -> [StoredDepartment] { try Self.departments(on: writer) }

  /// The same on a connection of the caller's, which need not wait for a batch.
  public static func departments(on connection: Connection) throws -> [StoredDepartment] {
    try connection.query(
      "select hospital_id, department, coalesce(specialty, ''), staffed_beds, closed_beds, staff from gold.dim_department where is_current and is_mapped"
    ).rows.map { row in
      StoredDepartment(
        hospitalID: Int(row[0].int64 ?? 0), name: row[1].string ?? "", specialty: row[2].string ?? "", staffedBeds: Int(row[3].int64 ?? 0),
        closedBeds: Int(row[4].int64 ?? 0), staff: Int(row[5].int64 ?? 0))
    }
  }

  private static func statements(in text: String) -> [String] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.range(of: "--").map { line[..<$0.lowerBound] } ?? line[...]
    }
    return lines.joined(separator: "\n").split(separator: ";").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.filter { !$0.isEmpty }
  }
}
