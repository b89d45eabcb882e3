/// How often each kind of dirt occurs.
public struct DirtRates: Hashable, Sendable {
  private var rates: [DirtKind: Double] = [:]

  public init() {}

  /// Nothing is wrong.
  public static let clean = DirtRates()

  /// Every kind, each at a rate as good feeds have it.
  public static let realistic = DirtRates(all: 0.002)

  /// Every kind at one rate.
  public init(all rate: Double) {
    for kind in DirtKind.allCases { rates[kind] = rate }
  }

  /// The rate of a kind, between 0 and 1.
  public subscript(kind: DirtKind) -> Double {
    get { rates[kind] ?? 0 }
    set { rates[kind] = newValue == 0 ? nil : newValue }
  }

  /// Whether anything can be wrong.
  public var isClean: Bool { rates.isEmpty }

  var firstBad: DirtKind? {
    if let bad = DirtKind.allCases.first(where: { !(0...1).contains(self[$0]) }) { return bad }
    let ofRecords = DirtKind.allCases.filter { !$0.isOfVisit }
    return ofRecords.reduce(0) { $0 + self[$1] } > 1 ? ofRecords.max { self[$0] < self[$1] } : nil
  }
}
