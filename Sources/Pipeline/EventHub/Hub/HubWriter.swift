import Logging
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The one thread that writes: blocking calls stay off the cooperative pool, and callers that wait at the same time
/// share one flush.
///
/// `@unchecked Sendable`: apart from `queue`, `wakeups` and `groups`, which lock, everything here is used by the writer
/// thread alone once `start` was called.
final class HubWriter: @unchecked Sendable {
  let queue: WorkQueue
  let wakeups = Wakeups()
  let groups: ConsumerGroups
  let clock: @Sendable () -> Int64
  let logger: Logger
  let configuration: EventHubConfiguration
  let partitions: [PartitionWriter]
  let lock: any LogFile
  private(set) var builders: [EventBatchBuilder]

  init(
    partitions: [PartitionWriter], groups: ConsumerGroups, lock: any LogFile, configuration: EventHubConfiguration,
    clock: @escaping @Sendable () -> Int64, logger: Logger
  ) {
    self.partitions = partitions
    self.groups = groups
    self.lock = lock
    self.configuration = configuration
    self.clock = clock
    self.logger = logger
    queue = WorkQueue(maximumBytes: configuration.maximumBytesInFlight)
    builders = partitions.map { _ in EventBatchBuilder(reservingBytes: 64 << 10) }
  }

  func start() throws(HubError) {
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let context = Unmanaged.passRetained(self)
    let result = pthread_create(
      &thread, nil,
      { context in
        #if canImport(Darwin)
          let writer = Unmanaged<HubWriter>.fromOpaque(context).takeRetainedValue()
        #else
          guard let context else { return nil }
          let writer = Unmanaged<HubWriter>.fromOpaque(context).takeRetainedValue()
        #endif
        writer.run()
        return nil
      }, context.toOpaque())
    guard result == 0 else {
      context.release()
      throw HubError(.inputOutput, "the writer thread could not be started", systemError: result)
    }
    #if canImport(Darwin)
      if let thread { pthread_detach(thread) }
    #else
      pthread_detach(thread)
    #endif
  }

  private func run() {
    while let commands = queue.take() {
      var group: [AppendRequest] = []
      var groupBytes = 0
      for command in commands {
        if case .append(let request) = command {
          if !group.isEmpty, groupBytes + request.events.byteCount > configuration.targetBatchBytes {
            commit(&group)
            groupBytes = 0
          }
          group.append(request)
          groupBytes += request.events.byteCount
        } else {
          commit(&group)
          groupBytes = 0
          perform(command)
        }
      }
      commit(&group)
    }
    wakeups.finish()
    lock.close()
  }

  private func perform(_ command: HubCommand) {
    switch command {
    case .append(let request):
      var group = [request]
      commit(&group)
    case .appendBulk(let batch, let partition, let answer):
      let result = Result { () throws(HubError) in try appendBulk(batch, to: partitions[partition]) }
      queue.release(batch.byteCount)
      answer.resume(returning: result)
    case .flush(let losses, let answer):
      answer.resume(returning: Result { () throws(HubError) in try flush(losses) })
      wakeups.wake()
    case .commit(let group, let offsets, let answer):
      answer.resume(returning: Result { () throws(HubError) in try groups.commit(group, offsets) })
    case .forget(let group, let answer):
      answer.resume(returning: Result { () throws(HubError) in try groups.forget(group) })
    case .retain(let floor, let now, let answer):
      answer.resume(returning: Result { () throws(HubError) in try retain(floor: floor, now: now) })
    case .skip(let partition, let offset, let answer):
      let result = Result { () throws(HubError) in try partitions[partition].skip(at: offset).offsets }
      if case .success(let offsets) = result {
        logger.error(
          "Damaged events were passed over.",
          metadata: ["partition": "\(partition)", "from": "\(offsets.lowerBound)", "until": "\(offsets.upperBound)"])
      }
      answer.resume(returning: result)
    case .close(let answer):
      let result = Result { () throws(HubError) in
        var failure: HubError?
        for partition in partitions {
          do throws(HubError) { try partition.close() } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
      }
      lock.close()
      answer.resume(returning: result)
    }
  }

  // MARK: bulk

  private func appendBulk(_ batch: EventBatch, to partition: PartitionWriter) throws(HubError) -> BulkReceipt {
    let mark = try partition.prepare(for: batch.byteCount)
    try partition.beginBulk()
    do throws(HubError) {
      return BulkReceipt(offsets: try partition.write(batch, now: clock()), losses: partition.bulkLosses)
    } catch {
      partition.rollBack(to: mark)
      throw error
    }
  }

  private func flush(_ losses: [Int: Int]) throws(HubError) {
    for (number, known) in losses.sorted(by: { $0.key < $1.key }) {
      try partitions[number].flush()
      guard partitions[number].bulkLosses == known else {
        throw HubError(.bulkLost, "partition \(number) lost batches that were not flushed")
      }
    }
  }

  private func retain(floor: [Int: Int64], now: Int64) throws(HubError) -> RetentionResult {
    var result = RetentionResult()
    let oldest = configuration.retentionSeconds.map { now - $0 * 1000 }
    for partition in partitions {
      guard let floor = floor[partition.log.number] else { continue }
      result.deletedBytes += try partition.deleteFront { segment, totalBytes in
        guard segment.endOffset <= floor else { return false }
        if let oldest, segment.lastTimestamp < oldest { return true }
        if let most = configuration.retentionBytesPerPartition, totalBytes > most { return true }
        return false
      }
    }
    return result
  }

  // MARK: group commit

  /// Writes the requests as one batch a partition, flushes once a partition, and answers. Requests that touch a
  /// partition that failed are answered with its error; the others are then written again without them, so that
  /// one bad partition does not fail what has nothing to do with it.
  private func commit(_ group: inout [AppendRequest]) {
    while !group.isEmpty {
      let outcome = write(group)
      guard !outcome.failures.isEmpty else {
        wakeups.wake()
        answer(group, firstOffsets: outcome.firstOffsets)
        group = []
        return
      }
      var rest: [AppendRequest] = []
      for request in group {
        if let failed = request.partitions.lazy.compactMap({ outcome.failures[Int($0)] }).first {
          queue.release(request.events.byteCount)
          request.answer.resume(returning: .failure(failed))
        } else {
          rest.append(request)
        }
      }
      group = rest
    }
  }

  private func answer(_ group: [AppendRequest], firstOffsets: [Int64]) {
    var next = firstOffsets
    for request in group {
      let positions = request.partitions.map { partition in
        defer { next[Int(partition)] += 1 }
        return EventPosition(partition: Int(partition), offset: next[Int(partition)])
      }
      queue.release(request.events.byteCount)
      request.answer.resume(returning: .success(positions))
    }
  }

  /// Everything of the group becomes durable and visible, or nothing of it.
  private func write(_ group: [AppendRequest]) -> (firstOffsets: [Int64], failures: [Int: HubError]) {
    for request in group {
      for index in 0..<request.events.count {
        request.events.withEvent(at: index) { key, value in
          builders[Int(request.partitions[index])].append(key: key, value: value)
        }
      }
    }
    var firstOffsets = [Int64](repeating: 0, count: partitions.count)
    var failures: [Int: HubError] = [:]
    var marks: [(partition: PartitionWriter, mark: PartitionWriter.Mark)] = []
    let now = clock()
    for partition in partitions {
      let number = partition.log.number
      guard let batch = builders[number].finish() else { continue }
      do throws(HubError) {
        let mark = try partition.prepare(for: batch.byteCount)
        marks.append((partition, mark))
        firstOffsets[number] = try partition.write(batch, now: now).lowerBound
      } catch { failures[number] = error }
    }
    if failures.isEmpty {
      for (partition, _) in marks {
        do throws(HubError) { try partition.confirm() } catch { failures[partition.log.number] = error }
      }
    }
    if failures.isEmpty {
      for (partition, _) in marks { partition.publish() }
    } else {
      for (partition, mark) in marks { partition.rollBack(to: mark) }
      for (number, error) in failures {
        logger.warning(
          "Events were refused: the partition could not be written.",
          metadata: ["partition": "\(number)", "code": "\(error.code.rawValue)", "system_error": "\(error.systemError ?? 0)"])
      }
    }
    return (firstOffsets, failures)
  }
}
