import EventHub
import Foundation

/// Sends events to the process that uses a data folder: one batch at a time, so that never more than one is in flight, and as fast as
/// that process takes them.
final class EventSender {
  private struct Item: Encodable {
    struct Properties: Encodable {
      let PartitionKey: String
    }
    let Body: String
    let BrokerProperties: Properties?
  }

  /// A batch is sent when it has so many bytes; well below what intake takes at once.
  private static let batchBytes = 2 << 20
  /// No batch is larger; intake takes 8 MiB, and one event as large as may be is up to 6 MiB when it is all control characters.
  private static let mostBytes = 7 << 20
  /// How long a process that takes nothing is waited for.
  private static let patience: Duration = .seconds(600)

  private let client: LoopbackClient
  private var items: [Item] = []
  private var bytes = 0

  init(_ client: LoopbackClient) { self.client = client }

  /// Events with the same key keep their order.
  func add(_ body: some Collection<UInt8>, key: String? = nil) async throws {
    // JSON holds text only; what is no UTF-8 goes by itself, as it is, and after what came before it.
    guard let text = String(validating: body, as: UTF8.self) else {
      try await flush()
      var headers: [(String, String)] = []
      if let key { headers = [("BrokerProperties", String(decoding: try JSONEncoder().encode(Item.Properties(PartitionKey: key)), as: UTF8.self))] }
      return try await send(Data(body), "application/octet-stream", headers)
    }
    let cost = Self.cost(text)
    if bytes + cost > Self.mostBytes { try await flush() }
    items.append(Item(Body: text, BrokerProperties: key.map { .init(PartitionKey: $0) }))
    bytes += cost
    if bytes > Self.batchBytes { try await flush() }
  }

  /// The most bytes that an event takes in the request, escaped.
  private static func cost(_ text: String) -> Int {
    text.utf8.reduce(64) { $0 + ($1 < 0x20 ? 6 : $1 == 0x22 || $1 == 0x5C || $1 == 0x2F ? 2 : 1) }
  }

  func flush() async throws {
    guard !items.isEmpty else { return }
    let body = try JSONEncoder().encode(items)
    items.removeAll(keepingCapacity: true)
    bytes = 0
    try await send(body, ServiceBusBatch.contentType, [])
  }

  /// Waits as long as the process says when it takes nothing now (429: too far behind, 503: no room); of such a request it kept nothing.
  private func send(_ body: Data, _ type: String, _ headers: [(String, String)]) async throws {
    let begin = ContinuousClock.now
    let headers = headers + [("Authorization", "Bearer \(client.endpoint.token)")]
    while true {
      let answer = try client.send("POST", "/patient-flow/messages", body: body, type: type, headers: headers)
      switch answer.status {
      case 201: return
      case 429 where ContinuousClock.now - begin < Self.patience, 503 where ContinuousClock.now - begin < Self.patience:
        try await Task.sleep(for: .seconds(min(max(answer.retryAfterSeconds ?? 1, 1), 60)))
      default: throw CommandError(.failure, "the running process refused the events (\(answer.status)): \(answer.problem)")
      }
    }
  }
}
