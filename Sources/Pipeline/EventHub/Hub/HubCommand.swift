/// What the hub asks its writer thread to do. Each is answered exactly once.
enum HubCommand: Sendable {
  case append(AppendRequest)
  case appendBulk(EventBatch, partition: Int, Answer<BulkReceipt>)
  /// Confirms the partitions; each must still have the number of losses that is given.
  case flush([Int: Int], Answer<Void>)
  case commit(group: String, offsets: [Int: Int64], Answer<Void>)
  case forget(group: String, Answer<Void>)
  case retain(floor: [Int: Int64], now: Int64, Answer<RetentionResult>)
  case skip(partition: Int, offset: Int64, Answer<Range<Int64>>)
  case close(Answer<Void>)

  typealias Answer<Value> = CheckedContinuation<Result<Value, HubError>, Never>
}

/// Where a bulk batch went.
struct BulkReceipt: Sendable {
  var offsets: Range<Int64>
  /// How often the partition had lost bulk batches when this one was written.
  var losses: Int
}

/// One call of `append`, with the partition of each event.
struct AppendRequest: Sendable {
  var events: EventBuffer
  var partitions: [Int32]
  var answer: HubCommand.Answer<[EventPosition]>
}

/// What one run of retention did.
public struct RetentionResult: Hashable, Sendable {
  public var deletedBytes: Int64 = 0
  public init() {}
}
