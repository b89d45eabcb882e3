import EventHub
import Testing

@Suite("REST parts")
struct FrontTests {
  static let key = "c2VjcmV0LWtleQ=="
  static let token =
    "SharedAccessSignature sr=https%3A%2F%2Fns.servicebus.windows.net%2Fflow&sig=wG5nYWBPiAfHW%2BB23ry4eFNJrW6YmJ23B1us9yVuBoc%3D"
    + "&se=1800000000&skn=RootManageSharedAccessKey"

  @Test("A token is made byte for byte as Azure's SDK makes it")
  func token() {
    #expect(
      SharedAccessSignature.token(
        resource: "https://ns.servicebus.windows.net/flow", policy: "RootManageSharedAccessKey", key: Self.key,
        expiresAt: 1_800_000_000) == Self.token)
  }

  @Test("A good token is taken for its resource and what lies below it, until it is over")
  func verifies() async throws {
    let signature = try SharedAccessSignature(parsing: Self.token)
    #expect(signature.policy == "RootManageSharedAccessKey" && signature.expiresAt == 1_800_000_000)
    for path in ["/flow", "/flow/messages", "/Flow/partitions/1/messages", "flow/"] {
      try signature.verify(key: Self.key, path: path, now: 1_799_999_999)
    }
    try signature.verify(key: Self.key, path: "/flow", host: "NS.servicebus.windows.net", now: 0)
    for (key, path, host, now) in [
      (Self.key, "/flow", nil, 1_800_000_000), (Self.key + "x", "/flow", nil, 0), (Self.key, "/flower/messages", nil, 0),
      (Self.key, "/", nil, 0), (Self.key, "/flow/../secret", nil, 0), (Self.key, "/flow", "other", 0),
    ] as [(String, String, String?, Int64)] {
      let error = try await HubFixture.failure { try signature.verify(key: key, path: path, host: host, now: now) }
      #expect(error.code == .unauthorized && error.blame == .input)
      #expect(!"\(error)".contains(key) && !"\(error)".contains("flow"))
    }
  }

  @Test("Every other spelling that clients sign is verified as it was received")
  func spellings() throws {
    for resource in ["sb://host/flow/", "http://localhost:8080/Flow", "HTTPS://h", "localhost/flow"] {
      let token = SharedAccessSignature.token(resource: resource, policy: "p q", key: "k", expiresAt: 10)
      let signature = try SharedAccessSignature(parsing: token)
      try signature.verify(key: "k", path: "/flow/messages", now: 9)
      #expect(signature.policy == "p q")
    }
  }

  @Test("A token with any character changed, cut or added is refused")
  func forgeries() async throws {
    let characters = Array(Self.token)
    for index in characters.indices {
      for change in 0..<3 {
        var forged = characters
        switch change {
        case 0: forged[index] = forged[index] == "A" ? "B" : "A"
        case 1: forged.remove(at: index)
        default: forged.insert("7", at: index)
        }
        do {
          let signature = try SharedAccessSignature(parsing: String(forged))
          // The policy's name is not signed; another name leads to another key.
          if signature.policy != "RootManageSharedAccessKey" { continue }
          try signature.verify(key: Self.key, path: "/flow", now: 0)
          Issue.record("a forged token was taken: change \(change) at \(index)")
        } catch {}
      }
    }
  }

  @Test("A batch is taken apart into bodies and partition keys")
  func batch() throws {
    let json = #"""
      [{"Body":"m1 \u00e4","UserProperties":{"Alert":"x"},"BrokerProperties":{"PartitionKey":"k","TimeToLive":5}},
       {"Body":"","BrokerProperties":{}},{"Body":"m3"}]
      """#
    let events = try Array(json.utf8).withUnsafeBytes { try ServiceBusBatch.decode($0) }
    #expect(events.count == 3)
    #expect(events.byteCount == 1 + 5 + 0 + 2)
    #expect(try Array("[]".utf8).withUnsafeBytes { try ServiceBusBatch.decode($0) }.isEmpty)
  }

  @Test(
    "A wrong batch is refused with the index of the wrong event and never with what stood there",
    arguments: [
      ("", nil), ("{}", nil), ("[", nil), ("[{\"Body\":\"ok\"},{\"Body\":{\"secret\":1}}]", 1),
      ("[{\"Body\":\"ok\"},{\"secret\":1}]", 1),
      ("[1]", 0), ("[{\"Body\":\"ok\"},null]", 1), ("[{\"Body\":\"secret\",\"BrokerProperties\":{\"PartitionKey\":7}}]", 0),
    ] as [(String, Int?)])
  func wrongBatch(json: String, index: Int?) async throws {
    let error = try await HubFixture.failure { _ = try Array(json.utf8).withUnsafeBytes { try ServiceBusBatch.decode($0) } }
    #expect(error.code == .malformed && error.index == index)
    #expect(!"\(error)".contains("secret"))
  }
}
