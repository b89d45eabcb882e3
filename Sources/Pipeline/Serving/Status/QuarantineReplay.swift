/// Quarantined records that are to be judged again; without any choice all of them.
public struct QuarantineRequest: Sendable, Decodable, Equatable {
  public var rule: String?
  public var partition: Int?
  public var offset: Int64?

  public init(rule: String? = nil, partition: Int? = nil, offset: Int64? = nil) {
    self.rule = rule
    self.partition = partition
    self.offset = offset
  }
}

/// What became of them.
public struct QuarantineOutcome: Sendable, Equatable {
  public var judged: Int
  /// Used from now on.
  public var accepted: Int
  public var stillQuarantined: Int
  /// Chosen, but their bodies are no longer kept.
  public var gone: Int

  public init(judged: Int, accepted: Int, stillQuarantined: Int, gone: Int) {
    self.judged = judged
    self.accepted = accepted
    self.stillQuarantined = stillQuarantined
    self.gone = gone
  }
}
