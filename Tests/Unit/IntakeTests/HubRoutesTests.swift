import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import Testing

@testable import Intake

@Suite("The HTTP front of the hub")
struct HubRoutesTests {
  /// Keeps what was appended, or fails as a test wants.
  final class MemoryHub: EventAppender {
    private let state = Mutex<(events: [IncomingEvent], error: (any Error)?)>(([], nil))

    init(failing error: (any Error)? = nil) { state.withLock { $0.error = error } }

    var events: [IncomingEvent] { state.withLock { $0.events } }

    func append(_ events: [IncomingEvent]) async throws {
      try state.withLock { state in
        if let error = state.error { throw error }
        state.events += events
      }
    }
  }

  struct Malformed: Error {}

  /// What the hub's own decoder does, as far as these tests need it.
  private struct Item: Decodable {
    struct Properties: Decodable { let PartitionKey: String? }
    let Body: String
    let BrokerProperties: Properties?
  }

  private func configuration(_ access: IntakeAccess = .open) -> IntakeConfiguration {
    IntakeConfiguration(access: access) { body in
      try JSONDecoder().decode([Item].self, from: Data(body)).map {
        BatchItem(body: Array($0.Body.utf8), partitionKey: $0.BrokerProperties?.PartitionKey)
      }
    }
  }

  private func send(
    _ body: String, to path: String = "/patient-flow/messages", headers: HTTPFields = [:], hub: MemoryHub = MemoryHub(),
    configuration: IntakeConfiguration? = nil,
    logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  ) async throws -> (response: TestResponse, events: [IncomingEvent]) {
    let router = Router()
    HubRoutes(configuration: configuration ?? self.configuration(), appender: hub).add(to: router)
    let response = try await Application(router: router, logger: logger).test(.router) {
      try await $0.execute(uri: path, method: .post, headers: headers, body: ByteBuffer(string: body))
    }
    return (response, hub.events)
  }

  private static let batch: HTTPFields = [.contentType: "application/vnd.microsoft.servicebus.json"]

  private func properties(_ json: String) -> HTTPFields {
    var fields = HTTPFields()
    if let name = HTTPField.Name("BrokerProperties") { fields[name] = json }
    return fields
  }

  @Test(
    "A single event of any content type is taken as it is, and 201 has no body",
    arguments: ["application/json", "application/atom+xml;type=entry;charset=utf-8", "text/plain", nil])
  func single(_ type: String?) async throws {
    var headers = HTTPFields()
    headers[.contentType] = type
    let (response, events) = try await send("{\"a\":1}", headers: headers)
    #expect(response.status == .created)
    #expect(response.body.readableBytes == 0)
    #expect(events == [IncomingEvent(body: Array("{\"a\":1}".utf8))])
  }

  @Test("Bytes that are no UTF-8 are an event too: silver decides what to make of them")
  func bytes() async throws {
    let hub = MemoryHub()
    let router = Router()
    HubRoutes(configuration: configuration(), appender: hub).add(to: router)
    let status = try await Application(router: router, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }).test(.router) {
      try await $0.execute(uri: "/patient-flow/messages?timeout=60&api-version=2014-01", method: .post, body: ByteBuffer(bytes: [0xFF, 0x00, 0x7B]))
        .status
    }
    #expect(status == .created)
    #expect(hub.events.first?.body == [0xFF, 0x00, 0x7B])
  }

  @Test("A batch keeps its order and the key of each message; the header's properties are ignored")
  func batch() async throws {
    var headers = properties("{\"PartitionKey\":\"ignored\"}")
    headers[.contentType] = "application/vnd.microsoft.servicebus.json; charset=utf-8"
    let (response, events) = try await send(
      #"[{"Body":"m1","UserProperties":{"Alert":"x"},"BrokerProperties":{"PartitionKey":"1|4711"}},{"Body":"m2"}]"#, headers: headers)
    #expect(response.status == .created)
    #expect(events == [IncomingEvent(body: Array("m1".utf8), placement: .key("1|4711")), IncomingEvent(body: Array("m2".utf8))])
  }

  @Test("A sender may give a key, a partition or a publisher, and without any of them the hub's own key is asked for")
  func placement() async throws {
    #expect(try await send("x", headers: properties("{\"PartitionKey\":\"k\"}")).events.first?.placement == .key("k"))
    #expect(try await send("x", to: "/patient-flow/partitions/3/messages").events.first?.placement == .partition(3))
    #expect(try await send("x", to: "/patient-flow/publishers/ward-7/messages").events.first?.placement == .key("ward-7"))
    var keyed = configuration()
    keyed.keyFor = { "key of \($0.count) bytes" }
    #expect(try await send("xy", configuration: keyed).events.first?.placement == .key("key of 2 bytes"))
    #expect(try await send("xy", headers: properties("{\"PartitionKey\":\"k\"}"), configuration: keyed).events.first?.placement == .key("k"))
    #expect(try await send("x", to: "/patient-flow/partitions/3/messages", configuration: keyed).events.first?.placement == .partition(3))
  }

  @Test(
    "What is wrong is told with a code, and nothing of the request is kept or repeated",
    arguments: [
      ("SECRET", "/other-hub/messages", "", 404), ("", "/patient-flow/messages", "", 400), ("SECRET", "/patient-flow/partitions/x/messages", "", 404),
      ("SECRET", "/patient-flow/partitions/-1/messages", "", 404), ("SECRET", "/patient-flow/messages", "no JSON", 400),
      ("SECRET", "/patient-flow/partitions/1/messages", "{\"PartitionKey\":\"k\"}", 400),
    ])
  func malformed(_ body: String, _ path: String, _ brokerProperties: String, _ status: Int) async throws {
    let (response, events) = try await send(body, to: path, headers: brokerProperties.isEmpty ? [:] : properties(brokerProperties))
    #expect(response.status.code == status)
    #expect(events.isEmpty)
    #expect(response.headers[.contentType] == "application/problem+json")
    let problem = try JSONDecoder().decode([String: Text].self, from: Data(response.body.readableBytesView))
    #expect(problem["code"]?.text.hasPrefix(String(status)) == true)
    #expect(problem["message"]?.text == problem["detail"]?.text)
    #expect(problem["status"]?.text == String(status))
    #expect(!String(buffer: response.body).contains("SECRET"))
  }

  @Test(
    "A batch that is none is refused as a whole",
    arguments: ["", "[]", "{}", "[1]", "[{\"Body\":1}]", "[{\"body\":\"x\"}]", "[{\"Body\":\"x\"},{}]", "[{\"Body\":\"\"}]", "[{\"Body\":\"x\"}"])
  func malformedBatch(_ body: String) async throws {
    let (response, events) = try await send(body, headers: Self.batch)
    #expect(response.status == .badRequest)
    #expect(events.isEmpty)
  }

  @Test("An event of one byte too many is refused, one that just fits is taken")
  func size() async throws {
    let fits = String(repeating: "x", count: 1_048_576)
    #expect(try await send(fits).response.status == .created)
    #expect(try await send(fits + "x").response.status == .contentTooLarge)
    #expect(try await send("[{\"Body\":\"\(fits)\"}]", headers: Self.batch).response.status == .created)
    let (response, events) = try await send("[{\"Body\":\"small\"},{\"Body\":\"\(fits)x\"}]", headers: Self.batch)
    #expect(response.status == .contentTooLarge)
    #expect(events.isEmpty, "a batch is taken whole or not at all")
    var small = configuration()
    small.maximumBatchBytes = 100
    #expect(
      try await send("[{\"Body\":\"\(String(repeating: "x", count: 200))\"}]", headers: Self.batch, configuration: small).response.status
        == .contentTooLarge)
  }

  @Test("With keys, only a key or a valid signature opens the hub")
  func access() async throws {
    let access = IntakeAccess(keys: ["first-key", "second-key"]) { token, resource in
      token == "SharedAccessSignature good" && resource == "/patient-flow/messages"
    }
    func status(_ authorization: String?) async throws -> HTTPResponse.Status {
      var headers = HTTPFields()
      headers[.authorization] = authorization
      return try await send("x", headers: headers, configuration: configuration(access)).response.status
    }
    #expect(try await status("Bearer first-key") == .created)
    #expect(try await status("bearer second-key") == .created)
    #expect(try await status("SharedAccessSignature good") == .created)
    for wrong in [nil, "", "Bearer", "Bearer ", "Bearer first-ke", "Bearer first-keyx", "SharedAccessSignature bad", "Basic first-key", "first-key"] {
      #expect(try await status(wrong) == .unauthorized, "\(wrong ?? "nothing")")
    }
    let empty = IntakeAccess(keys: [""]) { _, _ in false }
    #expect(!empty.admits(authorization: "Bearer ", resource: "/"))
    #expect(!empty.admits(authorization: nil, resource: "/"))
  }

  @Test("A pipeline that cannot keep up or must not take real events says so, with a time to wait where waiting helps")
  func admission() async throws {
    func answer(_ admission: Admission) async throws -> (Int, String?, Int) {
      var configuration = configuration()
      configuration.admission = { admission }
      let (response, events) = try await send("x", configuration: configuration)
      return (response.status.code, response.headers[.retryAfter], events.count)
    }
    #expect(try await answer(.accept) == (201, nil, 1))
    #expect(try await answer(.throttle(retryAfterSeconds: 7)) == (429, "7", 0))
    #expect(try await answer(.unavailable(retryAfterSeconds: 30, reason: "The disk is full.")) == (503, "30", 0))
    #expect(try await answer(.refuse(reason: "This store is simulated.")) == (409, nil, 0))
  }

  @Test(
    "What the hub says becomes what HTTP says",
    arguments: [
      (AppendError.noRoom(retryAfterSeconds: 30), 503, "30" as String?), (.tooFarBehind(retryAfterSeconds: 1), 429, "1"),
      (.unknownPartition, 404, nil), (.tooLarge, 413, nil),
      (.shuttingDown, 503, "5"),
    ])
  func appendErrors(_ error: AppendError, _ status: Int, _ retryAfter: String?) async throws {
    let (response, _) = try await send("x", hub: MemoryHub(failing: error))
    #expect(response.status.code == status)
    #expect(response.headers[.retryAfter] == retryAfter)
  }

  @Test("An unknown error is 500, and neither answer nor log repeats what it says or what was sent")
  func unknownError() async throws {
    struct Telling: Error, CustomStringConvertible { var description: String { "SECRET" } }
    let lines = Mutex("")
    struct Handler: LogHandler {
      let take: @Sendable (String) -> Void
      var metadata: Logger.Metadata = [:]
      var logLevel = Logger.Level.trace
      subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
      }
      func log(event: LogEvent) { take("\(event.message) \(event.metadata ?? [:])\n") }
    }
    let logger = Logger(label: "test") { _ in Handler { line in lines.withLock { $0 += line } } }
    let (response, _) = try await send("SECRET", hub: MemoryHub(failing: Telling()), logger: logger)
    #expect(response.status == .internalServerError)
    #expect(!String(buffer: response.body).contains("SECRET"))
    #expect(lines.withLock { $0 }.contains("could not be stored"))
    #expect(!lines.withLock { $0 }.contains("SECRET"))
  }

  /// A JSON text or number as text.
  private struct Text: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) { self.text = text } else { text = String(try container.decode(Int.self)) }
    }
  }
}
