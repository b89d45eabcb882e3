#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// One "send event" or "send batch" request of the Event Hubs REST API, without the HTTP around it.
struct SendRequest: Sendable {
  /// The part of the path between hub and `messages`.
  enum Target: Sendable, Hashable {
    case hub
    case partition(String)
    case publisher(String)
  }

  static let batchMediaType = "application/vnd.microsoft.servicebus.json"

  var target: Target
  var contentType: String?
  var brokerProperties: String?
  var body: [UInt8]

  var isBatch: Bool { Self.isBatch(contentType) }

  static func isBatch(_ contentType: String?) -> Bool {
    guard let contentType else { return false }
    let mediaType = contentType.split(separator: ";", maxSplits: 1).first.map(String.init) ?? ""
    return mediaType.split(separator: " ").joined().lowercased() == batchMediaType
  }

  /// The events of the request in their order.
  func events(_ configuration: IntakeConfiguration) throws(IntakeRefusal) -> [IncomingEvent] {
    let common = try placement()
    guard isBatch else {
      if body.isEmpty { throw .empty }
      if body.count > configuration.maximumEventBytes { throw .eventTooLarge(limit: configuration.maximumEventBytes) }
      return [IncomingEvent(body: body, placement: keyed(common, body, configuration))]
    }
    // Event Hubs ignores the BrokerProperties header of a batch; each message has its own.
    let items: [BatchItem]
    do { items = try configuration.decodeBatch(body) } catch { throw .malformedBatch }
    if items.isEmpty { throw .emptyBatch }
    var events: [IncomingEvent] = []
    events.reserveCapacity(items.count)
    for item in items {
      if item.body.isEmpty { throw .empty }
      if item.body.count > configuration.maximumEventBytes { throw .eventTooLarge(limit: configuration.maximumEventBytes) }
      var place = common
      if let key = item.partitionKey {
        if case .partition = common { throw .twoPlaces }
        if case .any = common { place = .key(key) }
      }
      events.append(IncomingEvent(body: item.body, placement: keyed(place, item.body, configuration)))
    }
    return events
  }

  private func keyed(_ placement: IncomingEvent.Placement, _ body: [UInt8], _ configuration: IntakeConfiguration) -> IncomingEvent.Placement {
    guard placement == .any, let key = configuration.keyFor(body) else { return placement }
    return .key(key)
  }

  private func placement() throws(IntakeRefusal) -> IncomingEvent.Placement {
    let key = isBatch ? nil : try partitionKey()
    switch target {
    case .hub: return key.map(IncomingEvent.Placement.key) ?? .any
    // A publisher's events stay in order: its name is their key, as in Event Hubs.
    case .publisher(let name): return .key(name)
    case .partition(let text):
      guard let number = Int(text), number >= 0 else { throw .unknownPartition }
      if key != nil { throw .twoPlaces }
      return .partition(number)
    }
  }

  private struct BrokerProperties: Decodable {
    let partitionKey: String?

    private enum CodingKeys: String, CodingKey {
      case partitionKey = "PartitionKey"
    }
  }

  private func partitionKey() throws(IntakeRefusal) -> String? {
    guard let brokerProperties else { return nil }
    do { return try JSONDecoder().decode(BrokerProperties.self, from: Data(brokerProperties.utf8)).partitionKey } catch { throw .malformedProperties }
  }
}
