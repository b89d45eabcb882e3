public import Logging
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A partitioned, durable log of events in one directory, open in one process.
///
/// An event is acknowledged, and seen by readers, only when it is on the disk. Its offset in its partition never
/// changes. What the hub lost or could not read it says; it never passes over anything by itself.
///
/// ```swift
/// let hub = try EventHub.open(directory: "data/hub", configuration: .init(), logger: logger)
/// var events = EventBuffer()
/// events.append(key: "1|P100", value: body)
/// let positions = try await hub.append(events)
/// let slice = try hub.read(partition: positions[0].partition, from: 0, maxBytes: 4 << 20)
/// try slice.forEach { record in use(record.offset, record.value) }
/// ```
public final class EventHub: Sendable {
  /// Made with the directory and kept as long as it: tells this hub from any other whose offsets look the same.
  public let id: String
  public let configuration: EventHubConfiguration
  /// The partitions are numbered from 0.
  public var partitionCount: Int { logs.count }

  let logs: [PartitionLog]
  let writer: HubWriter
  private let nextPartition = Atomic<Int>(0)

  /// Opens the hub in `directory`, made if missing, and brings it in order after a crash.
  ///
  /// Throws ``HubError``: ``HubError/Code/locked`` if another process has it open.
  public static func open(
    directory: String, configuration: EventHubConfiguration, logger: Logger
  ) throws(HubError) -> EventHub {
    try open(
      directory: directory, configuration: configuration, files: LocalFileSystem(), clock: systemMilliseconds, logger: logger)
  }

  /// The same on another file system and clock (milliseconds since 1970), for tests.
  package static func open(
    directory: String, configuration: EventHubConfiguration, files: any LogFileSystem,
    clock: @escaping @Sendable () -> Int64, logger: Logger
  ) throws(HubError) -> EventHub {
    try configuration.validate()
    let lock = try lock(directory, files)
    do throws(HubError) {
      let identity = try HubIdentity.open(in: directory, files, partitions: configuration.partitions)
      let groups = try ConsumerGroups(directory: directory, files: files)
      var writers: [PartitionWriter] = []
      for number in 0..<identity.partitions {
        var recovery = PartitionRecovery(
          number: number, directory: "\(directory)/partition-\(number)", files: files,
          segmentBytes: configuration.segmentBytes, indexInterval: configuration.indexIntervalBytes,
          committed: groups.greatest(partition: number))
        let writer = try recovery.open()
        log(recovery.report, of: writer.log, logger)
        writers.append(writer)
      }
      do throws(FileSystemError) { try files.synchronizeDirectory(directory) } catch { throw HubError(error) }
      let writer = HubWriter(
        partitions: writers, groups: groups, lock: lock, configuration: configuration, clock: clock, logger: logger)
      try writer.start()
      return EventHub(id: identity.id, configuration: configuration, logs: writers.map(\.log), writer: writer)
    } catch {
      lock.close()
      throw error
    }
  }

  private static func lock(_ directory: String, _ files: any LogFileSystem) throws(HubError) -> any LogFile {
    do throws(FileSystemError) {
      try files.createDirectory(directory)
      if let lock = try files.lock(directory + "/lock") { return lock }
    } catch { throw HubError(error) }
    throw HubError(.locked, "the hub's directory is in use by another process")
  }

  private static func log(_ report: PartitionRecovery.Report, of log: PartitionLog, _ logger: Logger) {
    if report.cutBytes > 0 {
      logger.warning(
        "A torn tail was cut; nothing in it was acknowledged.",
        metadata: ["partition": "\(log.number)", "bytes": "\(report.cutBytes)"])
    }
    for gap in log.damage {
      logger.error(
        "Stored events are damaged.",
        metadata: ["position": "\(gap.position(partition: log.number))", "until_offset": "\(gap.offsets.upperBound)"])
    }
  }

  private init(id: String, configuration: EventHubConfiguration, logs: [PartitionLog], writer: HubWriter) {
    self.id = id
    self.configuration = configuration
    self.logs = logs
    self.writer = writer
  }

  // A hub that is let go without `close` stops as in a crash: what was acknowledged is on the disk.
  deinit { _ = writer.queue.close(with: nil) }

  /// Writes out what waits, notes that the log ends here, and lets the directory go. Appends and commits
  /// after it throw ``HubError/Code/closed``; streams of ``appended()`` end.
  public func close() async throws(HubError) {
    let result: Result<Void, HubError> = await withCheckedContinuation { answer in
      if !writer.queue.close(with: .close(answer)) { answer.resume(returning: .success(())) }
    }
    try result.get()
  }

  // MARK: appending

  /// The partition of events with this key: the same that Kafka's clients choose.
  public func partition(forKey key: UnsafeRawBufferPointer) -> Int { PartitionHash.partition(of: key, count: logs.count) }

  /// The partition of events with this key: the same that Kafka's clients choose.
  public func partition(forKey key: String) -> Int {
    var key = key
    return key.withUTF8 { partition(forKey: UnsafeRawBufferPointer($0)) }
  }

  /// Stores the events and returns, when they are durable, where: all of them, or none and an error. Calls that wait at
  /// the same time share one flush of the disk. Events without a key go together to one partition, in turn.
  ///
  /// After an error the events may be sent again. Only a crash can leave events that were not acknowledged.
  /// - Parameter partition: Where all of the events go, whatever their keys are.
  public func append(_ events: EventBuffer, partition: Int? = nil) async throws(HubError) -> [EventPosition] {
    if let partition { _ = try log(partition) }
    guard !events.isEmpty else { return [] }
    try checkSizes(events)
    let inTurn = nextPartition.wrappingAdd(1, ordering: .relaxed).oldValue
    let partitions: [Int32] = (0..<events.count).map { index in
      if let partition { return Int32(partition) }
      return events.withEvent(at: index) { key, _ in
        Int32(key.map { self.partition(forKey: $0) } ?? (inTurn & Int.max) % logs.count)
      }
    }
    return try await ask(bytes: events.byteCount) {
      .append(AppendRequest(events: events, partitions: partitions, answer: $0))
    }
  }

  private func checkSizes(_ events: EventBuffer) throws(HubError) {
    guard events.byteCount <= configuration.maximumRequestBytes else {
      throw HubError(.tooLarge, "a request may have \(configuration.maximumRequestBytes) bytes of events")
    }
    for (index, entry) in events.entries.enumerated() {
      guard Int(entry.valueCount) <= configuration.maximumEventBytes else {
        throw HubError(.tooLarge, "an event may have \(configuration.maximumEventBytes) bytes", index: index)
      }
      guard Int(entry.keyCount) <= configuration.maximumKeyBytes else {
        throw HubError(.tooLarge, "a key may have \(configuration.maximumKeyBytes) bytes", index: index)
      }
    }
  }

  /// For replaying files: writes many batches and flushes once.
  public func bulkWriter() -> BulkWriter { BulkWriter(hub: self) }

  /// Each element says that there may be new events; several at once are told once. Ends when the hub is closed.
  public func appended() -> AsyncStream<Void> { writer.wakeups.listen() }

  // MARK: reading

  /// Whole batches that hold the events from `offset` on, about `maxBytes` of them but at least one batch. Empty at
  /// the log's end. Reads the disk in the caller's thread.
  ///
  /// Throws ``HubError/Code/offsetOutOfRange`` before the start or after the end, ``HubError/Code/corrupt`` with the
  /// position if the next batch is damaged.
  public func read(partition: Int, from offset: Int64, maxBytes: Int) throws(HubError) -> RecordSlice {
    try log(partition).read(from: offset, maxBytes: maxBytes)
  }

  /// The first offset that retention has left.
  public func startOffset(partition: Int) throws(HubError) -> Int64 { try log(partition).startOffset }

  /// The offset that the next event will get.
  public func endOffset(partition: Int) throws(HubError) -> Int64 { try log(partition).endOffset }

  func log(_ partition: Int) throws(HubError) -> PartitionLog {
    guard logs.indices.contains(partition) else {
      throw HubError(.unknownPartition, "the hub has the partitions 0 to \(logs.count - 1), not \(partition)")
    }
    return logs[partition]
  }

  /// Gives the writer thread a command and waits for its answer.
  func ask<Value: Sendable>(
    bytes: Int = 0, _ command: (HubCommand.Answer<Value>) -> HubCommand
  ) async throws(HubError) -> Value {
    let result: Result<Value, HubError> = await withCheckedContinuation { answer in
      switch writer.queue.add(command(answer), bytes: bytes) {
      case .taken: break
      case .closed: answer.resume(returning: .failure(HubError(.closed, "the hub is closed")))
      case .full: answer.resume(returning: .failure(HubError(.full, "too many bytes wait to be written")))
      }
    }
    return try result.get()
  }
}

private func systemMilliseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}
