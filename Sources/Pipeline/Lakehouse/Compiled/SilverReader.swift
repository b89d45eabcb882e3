internal import Journeys

/// Reads hub records into a ``SilverBatch``: what parse, `stay_record`, `movement_record`, `quarantine` and `drift` do by SQL.
final class SilverReader {
  private let reader: RecordReader
  private let stays: StayRules
  private let movements: MovementRules
  private let unknownNames: [EventShape: Int]

  /// - Throws: ``LakehouseError`` `configuration` if a schema does not declare what the rules read.
  init(schemas: [EventSchema], pseudonymizer: Pseudonymizer) throws(LakehouseError) {
    reader = try RecordReader(schemas: schemas, pseudonymizer: pseudonymizer)
    guard let stay = reader.row(of: .stay), let movement = reader.row(of: .movement) else {
      throw LakehouseError(.configuration, "config/schemas needs the shapes stay and movement")
    }
    stays = try StayRules(stay)
    movements = try MovementRules(movement)
    var names: [EventShape: Int] = [:]
    for shape in EventShape.allCases { names[shape] = reader.row(of: shape)?.column("unknown") }
    unknownNames = names
  }

  /// - Parameter isKnown: whether a hospital is in the network.
  func read(
    partition: Int32, offset: Int64, enqueuedAt: Int64, body: UnsafeRawBufferPointer, isKnown: (Int32) -> Bool, into batch: inout SilverBatch
  ) {
    func quarantine(_ rule: String, _ hospitalID: Int32?) {
      batch.quarantined.append(
        .init(hubPartition: partition, hubOffset: offset, enqueuedAt: enqueuedAt, hospitalID: hospitalID, rule: rule))
    }
    switch reader.read(partition: partition, offset: offset, enqueuedAt: enqueuedAt, body: body) {
    case nil: break
    case .rejected(let rule): quarantine(rule, nil)
    case .row(let row):
      if let column = unknownNames[row.shape], let names = row.text(column) { batch.countDrift(names, row.shape, enqueuedAt: enqueuedAt) }
      switch row.shape {
      case .department: batch.hasDepartments = true
      case .stay:
        switch stays.outcome(row, isKnown: isKnown) {
        case .usable(let record): batch.append(record)
        case .broken(let rule): quarantine(rule, row.integer(5))
        }
      case .movement:
        switch movements.outcome(row, isKnown: isKnown) {
        case .usable(let record): batch.append(record)
        case .broken(let rule): quarantine(rule, row.integer(5))
        }
      }
    }
  }
}
