internal import DuckDB
internal import Journeys

/// Which journeys and patients the store holds, in memory: so that a batch asks the store only for what is there.
///
/// Hot ones have rows in the hot tables, cold ones in the cold; a patient can be both. A rollback or a rebuild loads it anew.
struct KnownKeys {
  var hotJourneys = KeySet()
  var coldJourneys = KeySet()
  var hotPatients = KeySet()
  var coldPatients = KeySet()

  init() {}

  /// Reads the keys of all records: 10 million take about two seconds.
  init(_ connection: Connection) throws {
    let tables = ["stay_record", "movement_record"]
    let counts = tables.map { "(select count(*) from cold.\($0))" }.joined(separator: " + ")
    let records = Int(try connection.query("select \(counts)").scalar.int64 ?? 0)
    coldJourneys = KeySet(minimumCapacity: records / 2)
    coldPatients = KeySet(minimumCapacity: records / 4)
    for table in tables {
      try connection.prepare("select journey_key, patient_key_hash from cold.\(table)").streamChunks { chunk in
        for row in 0..<chunk.count {
          coldJourneys.insert(chunk.int64(0, row))
          coldPatients.insert(chunk.int64(1, row))
        }
      }
      try connection.prepare("select journey_key from hot.\(table)").streamChunks { chunk in
        for row in 0..<chunk.count { hotJourneys.insert(chunk.int64(0, row)) }
      }
    }
    try loadHotPatients(connection)
  }

  /// The hot patients anew, from the hot movements.
  mutating func loadHotPatients(_ connection: Connection) throws {
    hotPatients = KeySet()
    try connection.prepare("select distinct patient_key_hash from hot.movement").forEachInt64 { hotPatients.insert($0) }
  }

  /// Says of each journey whether it is new, and whether its rows are cold.
  func place(_ journeys: inout [RestatedJourney]) {
    for index in journeys.indices {
      journeys[index].isCold = coldJourneys.contains(journeys[index].key)
      journeys[index].isNew = !journeys[index].isCold && !hotJourneys.contains(journeys[index].key)
    }
  }

  /// Remembers where the journeys' rows lie now.
  mutating func note(_ journeys: [RestatedJourney]) {
    for index in journeys.indices {
      let (key, goesCold) = (journeys[index].key, journeys[index].goesCold)
      if goesCold { coldJourneys.insert(key) } else { hotJourneys.insert(key) }
      for row in journeys[index].movements.indices {
        let patient = journeys[index].movements[row].patientKeyHash
        if goesCold { coldPatients.insert(patient) } else { hotPatients.insert(patient) }
      }
    }
  }

  mutating func becomeHot(_ journeys: [Int64]) {
    for key in journeys {
      coldJourneys.remove(key)
      hotJourneys.insert(key)
    }
  }

  func knows(patients keys: some Sequence<Int64>) -> [Int64] { keys.filter { knows(patient: $0) } }

  func knows(patient key: Int64) -> Bool { hotPatients.contains(key) || coldPatients.contains(key) }
}
