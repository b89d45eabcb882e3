extension EventHub {
  // MARK: consumer groups

  /// Remembers durably that the group has dealt with everything before these offsets, by partition. Partitions that are
  /// not named keep their offset. An offset may go back, to read again.
  public func commit(group: String, offsets: [Int: Int64]) async throws(HubError) {
    try ConsumerGroups.validate(group)
    for (partition, offset) in offsets {
      let log = try log(partition)
      guard offset >= 0, offset <= log.endOffset else {
        throw HubError(.offsetOutOfRange, "partition \(partition) ends at \(log.endOffset), not at \(offset)")
      }
    }
    try await ask { .commit(group: group, offsets: offsets, $0) }
  }

  /// What the group has committed; a partition that it never committed is missing.
  public func committed(group: String) throws(HubError) -> [Int: Int64] {
    try ConsumerGroups.validate(group)
    return writer.groups.committed(group)
  }

  /// How many events of each partition the group has not committed yet. Without a commit it counts from the start.
  public func lag(group: String) throws(HubError) -> [Int: Int64] {
    let committed = try committed(group: group)
    return Dictionary(
      uniqueKeysWithValues: logs.map { log in
        (log.number, max(0, log.endOffset - max(committed[log.number] ?? 0, log.startOffset)))
      })
  }

  /// The groups that have committed anything.
  public var consumerGroups: [String] { writer.groups.names }

  /// Removes a group and what it committed.
  public func forget(group: String) async throws(HubError) {
    try ConsumerGroups.validate(group)
    try await ask { .forget(group: group, $0) }
  }

  // MARK: keeping order

  /// Deletes whole segments that are too old or too many, oldest first, and none that reaches over its partition's
  /// floor: the smaller of what was committed and what was published. A partition without a floor keeps everything.
  /// - Parameter now: Milliseconds since 1970.
  public func enforceRetention(floor: [Int: Int64], now: Int64) async throws(HubError) -> RetentionResult {
    try await ask { .retain(floor: floor, now: now, $0) }
  }

  /// Damage to stored events that was found when the hub was opened and was not passed over yet. Damage in older
  /// segments is found when it is read.
  public var damage: [LogPosition] { logs.flatMap { log in log.damage.map { $0.position(partition: log.number) } } }

  /// Passes over the damaged events at `offset`, durably, and returns their offsets: reading goes on at the upper bound.
  /// The bytes are kept until retention deletes their segment. To be called only when a person has decided so.
  public func skipCorruption(partition: Int, at offset: Int64) async throws(HubError) -> Range<Int64> {
    _ = try log(partition)
    return try await ask { .skip(partition: partition, offset: offset, $0) }
  }

  /// Numbers for metrics.
  public var statistics: EventHubStatistics {
    EventHubStatistics(
      partitions: logs.map { log in
        EventHubStatistics.Partition(
          number: log.number, startOffset: log.startOffset, endOffset: log.endOffset, byteCount: log.byteCount,
          segmentCount: log.segmentCount)
      }, bytesInFlight: writer.queue.currentBytes)
  }
}
