import HTTPTypes
import HummingbirdTesting
import Testing

@testable import Serving

@Suite("Replay of quarantine over HTTP")
struct QuarantineTests {
  @Test(
    "A rule, a position or nothing chooses what is judged again",
    arguments: [
      (#"{"rule": "unknown_hospital"}"#, 2.0), (#"{"partition": 1, "offset": 17}"#, 1.0), ("{}", 3.0),
    ])
  func choices(_ body: String, _ judged: Double) async throws {
    let answer = try await TestServer.shared().replay(body)
    #expect(answer.status == .ok)
    #expect(try JSON.read(answer.body)["judged"].number == judged)
  }

  @Test("Only who may see quarantine may replay it", arguments: [nil, TestServer.token, "nonsense"])
  func rights(_ token: String?) async throws {
    #expect(try await TestServer.shared().replay("{}", token: token).status == .unauthorized)
  }

  @Test(
    "What is no JSON, half a position or another media type is refused",
    arguments: [
      ("nonsense", "application/json", 400), (#"{"partition": 1}"#, "application/json", 400), ("{}", "text/plain", 415),
    ])
  func refusals(_ body: String, _ type: String, _ status: Int) async throws {
    #expect(try await TestServer.shared().replay(body, type: type).status.code == status)
  }
}
