/// What a live frame shows.
struct LiveAnswer: Sendable {
  var envelope: Envelope
  var figures: LiveFigures
  /// When the hub took the newest event that these figures include; `nil` if that is not known.
  var acceptedThrough: Instant?
  /// Whether the figures are those of the hub, ahead of the store.
  var isAhead: Bool
}
