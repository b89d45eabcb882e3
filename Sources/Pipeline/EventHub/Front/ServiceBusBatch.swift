#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The body of Event Hubs' REST call that sends several events at once:
/// `[{"Body":"…","BrokerProperties":{"PartitionKey":"…"}}, …]`.
///
/// `UserProperties` are accepted and not kept: an event of ours is its body.
public enum ServiceBusBatch {
  public static let contentType = "application/vnd.microsoft.servicebus.json"

  private struct Item: Decodable {
    struct Properties: Decodable {
      var partitionKey: String?
      enum CodingKeys: String, CodingKey { case partitionKey = "PartitionKey" }
    }

    var body: String
    var brokerProperties: Properties?
    enum CodingKeys: String, CodingKey {
      case body = "Body"
      case brokerProperties = "BrokerProperties"
    }
  }

  /// Throws ``HubError/Code/malformed`` with the index of the first event that is wrong; never with what stood there.
  public static func decode(_ bytes: UnsafeRawBufferPointer) throws(HubError) -> EventBuffer {
    let items: [Item]
    do {
      items = try JSONDecoder().decode([Item].self, from: Data(bytes))
    } catch let error as DecodingError {
      throw HubError(.malformed, "the batch is not an array of objects with a text Body", index: index(of: error))
    } catch {
      throw HubError(.malformed, "the batch is not JSON")
    }
    var events = EventBuffer(reservingBytes: bytes.count, events: items.count)
    for item in items {
      if let key = item.brokerProperties?.partitionKey {
        events.append(key: key.utf8, value: item.body.utf8)
      } else {
        events.append(value: item.body.utf8)
      }
    }
    return events
  }

  private static func index(of error: DecodingError) -> Int? {
    switch error {
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context), .dataCorrupted(let context):
      context.codingPath.lazy.compactMap(\.intValue).first
    @unknown default: nil
    }
  }
}
