internal import Crypto
internal import Foundation

/// The models that have a twin in Swift, and whether it still tells the same.
///
/// Most batches restate a few hundred rows; there, planning and running some seventy SQL operators costs ten times what
/// the rows do. The twin in `Journeys` gives the same rows without them. The models stay the definition: rebuild, bulk and
/// other engines run them, tests compare the two, and as soon as a model's text differs from the one that the twin was
/// compared with, the models run in batches too, only slower (docs/decisions/0016-compiled-models.md).
package enum CompiledModels {
  /// What the twin covers.
  package static let names = [
    "silver.stay_record", "silver.movement_record", "silver.quarantine", "gold.drift", "silver.movement", "gold.dim_patient",
    "gold.fact_patient_flow", "gold.bed_stay", "gold.fact_flow_hourly", "gold.quality_hourly",
  ]

  /// The fingerprint of the texts that the twin was compared with.
  package static let comparedWith = "5017813a5706d348e8f14ea3dd65942884004048013d4cd51df1829c8b7ce376"

  /// Whether the models on disk are those that the twin tells.
  package static func hold(for catalog: ModelCatalog) throws(LakehouseError) -> Bool { try fingerprint(catalog) == comparedWith }

  /// SHA-256 of the covered models, the table definitions and the macros; comments and white space do not count.
  package static func fingerprint(_ catalog: ModelCatalog) throws(LakehouseError) -> String {
    var texts = [catalog.tables, catalog.macros]
    for name in names { texts.append(try catalog.model(name).sql) }
    var hash = SHA256()
    for text in texts {
      let words = text.split(separator: "\n").map { line in line.range(of: "--").map { line[..<$0.lowerBound] } ?? line }
        .joined(separator: " ").split(whereSeparator: \.isWhitespace)
      hash.update(data: Data(words.joined(separator: " ").utf8))
      hash.update(data: Data([0]))
    }
    return hash.finalize().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}
