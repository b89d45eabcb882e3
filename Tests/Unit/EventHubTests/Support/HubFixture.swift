import EventHub
import Logging
import Testing

/// A stored event, copied out for comparison.
struct StoredEvent: Hashable, Sendable {
  var offset: Int64
  var enqueued: Int64
  var key: String?
  var value: String
}

enum HubFixture {
  static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  /// One small hub: segments roll often and every batch is indexed.
  static func configuration(partitions: Int = 1, segmentBytes: Int64 = 1 << 20) -> EventHubConfiguration {
    var configuration = EventHubConfiguration()
    configuration.partitions = partitions
    configuration.segmentBytes = segmentBytes
    configuration.indexIntervalBytes = 1
    return configuration
  }

  static func open(
    _ files: FaultFileSystem, _ configuration: EventHubConfiguration = configuration(),
    clock: @escaping @Sendable () -> Int64 = { 1_800_000_000_000 }
  ) throws -> EventHub {
    try EventHub.open(directory: "hub", configuration: configuration, files: files, clock: clock, logger: quiet)
  }

  static func all(_ hub: EventHub, partition: Int = 0, maxBytes: Int = 4096) throws -> [StoredEvent] {
    var events: [StoredEvent] = []
    var offset = try hub.startOffset(partition: partition)
    while true {
      let slice = try hub.read(partition: partition, from: offset, maxBytes: maxBytes)
      if slice.isEmpty { return events }
      let before = events.count
      try slice.forEach { record in
        events.append(
          StoredEvent(
            offset: record.offset, enqueued: record.enqueuedMilliseconds,
            key: record.key.map { String(decoding: $0, as: UTF8.self) }, value: String(decoding: record.value, as: UTF8.self)))
      }
      #expect(events.count - before == slice.count)
      offset = slice.nextOffset
    }
  }

  @discardableResult
  static func append(_ hub: EventHub, _ values: [String], key: String? = nil, partition: Int? = nil) async throws -> [EventPosition] {
    var events = EventBuffer()
    for value in values {
      if let key { events.append(key: key, value: value.utf8) } else { events.append(value: value.utf8) }
    }
    return try await hub.append(events, partition: partition)
  }

  static func batch(_ values: [String]) throws -> EventBatch {
    var builder = EventBatchBuilder(reservingBytes: 256)
    for value in values { builder.append(key: nil, value: Array(value.utf8)) }
    let batch = builder.finish()
    return try #require(batch)
  }

  /// The error of a call that must fail.
  static func failure(_ body: () async throws -> Void) async throws -> HubError {
    do { try await body() } catch let error as HubError { return error }
    throw Unexpected()
  }

  struct Unexpected: Error, CustomStringConvertible { var description: String { "no HubError was thrown" } }
}
