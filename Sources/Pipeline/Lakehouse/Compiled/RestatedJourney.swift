internal import Journeys

/// One journey while a batch restates it: its records, and the rows that they give.
struct RestatedJourney {
  let key: Int64
  /// All records of the journey; those that the batch brought stand first.
  var stayRecords: [SilverStayRecord] = []
  var movementRecords: [SilverMovementRecord] = []
  var freshStays = 0
  var freshMovements = 0
  /// Whether the store had none of its rows before.
  var isNew = true
  /// Whether only its facts are restated, because its patient's validities moved.
  var isOther = false
  /// What the store held of it before the batch, if that is known without asking.
  var before: RecentJourneys.Journey?
  /// Whether its rows lie in the cold tables: they are taken from there, and its older records are written anew too.
  var isCold = false
  /// Whether its rows are written to the cold tables.
  var goesCold = false

  var movements: [JourneyMovement] = []
  var visits: [Visit] = []
  var bedStays: [BedStay] = []

  init(key: Int64) { self.key = key }

  /// Whether all of it lies before `limit`, the same that `freeze` asks of the store: last movement and every discharge.
  func isEnded(before limit: Int64) -> Bool {
    !movements.isEmpty && movements.allSatisfy { $0.occurredAt < limit } && visits.allSatisfy { $0.dischargeTime.map { $0 < limit } ?? false }
  }

  /// The journeys of a batch, with their records.
  static func grouped(_ batch: SilverBatch) -> [RestatedJourney] {
    var journeys: [RestatedJourney] = []
    var index: [Int64: Int] = [:]
    index.reserveCapacity(batch.stays.count + batch.movements.count)
    func position(_ key: Int64) -> Int {
      if let known = index[key] { return known }
      index[key] = journeys.count
      journeys.append(RestatedJourney(key: key))
      return journeys.count - 1
    }
    for record in batch.stays {
      let at = position(record.journeyKey)
      journeys[at].stayRecords.append(record)
      journeys[at].freshStays += 1
    }
    for record in batch.movements {
      let at = position(record.journeyKey)
      journeys[at].movementRecords.append(record)
      journeys[at].freshMovements += 1
    }
    return journeys
  }
}
