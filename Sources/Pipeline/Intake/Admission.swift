/// Whether the pipeline takes events at this moment; asked once a request, so answering must be cheap.
public enum Admission: Sendable, Equatable {
  case accept
  /// The pipeline is too far behind: 429.
  case throttle(retryAfterSeconds: Int)
  /// Something passing, such as a full disk: 503.
  case unavailable(retryAfterSeconds: Int, reason: String)
  /// Never, such as real events for a simulated store: 409.
  case refuse(reason: String)
}
