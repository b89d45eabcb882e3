/// What went wrong in the hub: where and why, never what stood there, because an event is patient data.
public struct HubError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The closed set of reasons.
  public enum Code: String, Sendable, CaseIterable {
    /// Another process, or another hub of this one, has the directory open.
    case locked
    /// The hub was closed.
    case closed
    /// Too many bytes wait to be written; send again a little later.
    case full
    /// The disk has no room. Nothing of the request was kept; send again when there is room.
    case diskFull
    /// An event, or the request as a whole, is over its size limit.
    case tooLarge
    /// Stored bytes do not have the checksum they were written with. See ``HubError/position``.
    case corrupt
    /// The disk could not confirm a write; nothing of the request counts as stored.
    case syncFailed
    /// Reading or writing a file failed.
    case inputOutput
    /// The offset was deleted by retention, or was not written yet.
    case offsetOutOfRange
    /// There is no such partition.
    case unknownPartition
    /// Batches that were appended in bulk were lost before they were flushed; append them again.
    case bulkLost
    /// The directory was made with other settings, such as another number of partitions.
    case configuration
    /// The bytes are not what the format asks for.
    case malformed
    /// The batch uses something that the hub does not read, such as compression.
    case unsupported
    /// The name of a consumer group is empty, too long or has other characters than letters, digits, `.`, `_`, `-`, `$`.
    case invalidGroup
    /// A shared access signature is missing, wrong, over its time or for something else.
    case unauthorized
  }

  /// Who has to act.
  public enum Blame: String, Sendable { case input, configuration, dependency, ourselves }

  public var code: Code
  /// Where in the log, if the error has a place there.
  public var position: LogPosition?
  /// Which event of the request, counted from 0, if one of them is to blame.
  public var index: Int?
  /// The operating system's error number, if it gave one.
  public var systemError: Int32?
  /// A fixed sentence that says more, never made of event contents.
  public var reason: String

  public init(
    _ code: Code, _ reason: String, position: LogPosition? = nil, index: Int? = nil, systemError: Int32? = nil
  ) {
    self.code = code
    self.reason = reason
    self.position = position
    self.index = index
    self.systemError = systemError
  }

  /// Who has to act on the error.
  public var blame: Blame {
    switch code {
    case .tooLarge, .offsetOutOfRange, .unknownPartition, .malformed, .unsupported, .invalidGroup, .unauthorized: .input
    case .locked, .configuration: .configuration
    case .full, .diskFull, .syncFailed, .inputOutput, .corrupt, .bulkLost: .dependency
    case .closed: .ourselves
    }
  }

  /// Whether the same call may succeed later without anything else being changed by the caller.
  public var isRetryable: Bool {
    switch code {
    case .full, .diskFull, .syncFailed, .inputOutput: true
    default: false
    }
  }

  /// How long a sender should wait before it tries again; nil if trying again does not help.
  public var retryAfterSeconds: Int? {
    switch code {
    case .full: 1
    case .syncFailed, .inputOutput: 5
    case .diskFull: 30
    default: nil
    }
  }

  public var description: String {
    var text = "hub: \(code.rawValue): \(reason)"
    if let index { text += " (event \(index))" }
    if let position { text += " at \(position)" }
    if let systemError { text += " (system error \(systemError))" }
    return text
  }
}
