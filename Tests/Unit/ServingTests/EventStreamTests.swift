import DuckDB
import Foundation
import HummingbirdTesting
import NIOCore
import Synchronization
import Testing

@testable import Serving

@Suite("Server-sent events", .serialized, .timeLimit(.minutes(1)))
struct EventStreamTests {
  static let request = "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"

  private func notice(_ batch: Int) -> CommitNotice {
    CommitNotice(
      batch: batch, committedAt: .now, duration: .milliseconds(5), events: 10, acceptedFrom: Instant.now.advanced(bySeconds: -0.1),
      acceptedThrough: .now, lag: 0)
  }

  /// The `data:` of the events of one kind.
  private func data(_ text: String, _ event: String) throws -> [JSON] {
    try text.components(separatedBy: "\n\n").filter { $0.contains("event: \(event)\n") }.compactMap { block in
      try block.components(separatedBy: "\n").first { $0.hasPrefix("data: ") }.map { try JSON.read($0.dropFirst(6)) }
    }
  }

  /// Chunked transfer coding taken off, as far as the events of these tests need it.
  private func body(_ text: String) -> String {
    let lines = text.replacing("\r\n", with: "\u{1}").split(separator: "\u{1}", omittingEmptySubsequences: false)
    return lines.dropFirst(while: { !$0.isEmpty }).filter { line in !(line.count <= 8 && Int(line, radix: 16) != nil) }.joined()
  }

  @Test("A stream begins with the pause before a reconnect and the figures of now; each commit brings new ones")
  func liveFrames() async throws {
    let server = try TestServer()
    let text = try await server.test(.live) { client in
      let port = try #require(client.port)
      return try await RawHTTP.exchange(port: port, Self.request) { text in
        let frames = text.components(separatedBy: "event: live").count - 1
        if frames == 1, server.feed.latest == nil {
          try server.fixture.connection.execute("update gold.clock set batch = 43")
          server.feed.publish(notice(43))
        }
        return frames < 2 || !text.hasSuffix("\n\n\r\n")
      }
    }
    #expect(text.contains("HTTP/1.1 200 OK"))
    #expect(text.contains("text/event-stream"))
    let body = body(text)
    #expect(body.hasPrefix("retry: 2000\n\nid: 42\nevent: live\ndata: {"))
    #expect(body.contains("id: 43\nevent: live\n"))
    let frames = try data(body, "live")
    #expect(frames.count == 2)
    let known = frames[1]
    #expect(known["accepted_through"].text?.hasSuffix("Z") == true)
    #expect(try SchemaCheck().faults(known, schema: "LiveFrame") == [])
    #expect(known["batch"] == 43)
    #expect(known["simulated"] == true)
    #expect(known["speed"] == 60)
  }

  @Test("A heartbeat comes when nothing is committed too")
  func heartbeat() async throws {
    let server = try TestServer()
    let text = try await server.test(.live) { client in
      try await RawHTTP.exchange(port: try #require(client.port), Self.request) { !$0.contains("event: heartbeat") || !$0.hasSuffix("\n\n\r\n") }
    }
    let beats = try data(body(text), "heartbeat")
    #expect(try SchemaCheck().faults(beats.first ?? .null, schema: "Heartbeat") == [])
    #expect(beats.first?["lag"] == 2)
  }

  @Test("Commits in quick succession are shown together: never two frames within 50 ms, and the last commit is shown")
  func coalescing() async throws {
    let server = try TestServer()
    let start = ContinuousClock.now
    let text = try await server.test(.live) { client in
      try await RawHTTP.exchange(port: try #require(client.port), Self.request) { text in
        if server.feed.latest == nil, text.contains("event: live") {
          for batch in 43...92 {
            try server.fixture.connection.execute("update gold.clock set batch = \(batch)")
            server.feed.publish(notice(batch))
            try await Task.sleep(for: .milliseconds(10))
          }
        }
        return !text.contains("id: 92\n")
      }
    }
    let frames = body(text).components(separatedBy: "event: live").count - 1
    #expect(frames >= 3)
    #expect(frames <= 2 + Int((ContinuousClock.now - start) / .milliseconds(50)))
    #expect(frames < 50)
  }

  @Test("One viewer more than allowed is told so")
  func maximumViewers() async throws {
    let server = try TestServer(change: { $0.maximumViewers = 1 })
    let status = try await server.test(.live) { client in
      let port = try #require(client.port)
      let second = Mutex(0)
      _ = try await RawHTTP.exchange(port: port, Self.request) { text in
        guard text.contains("event: live") else { return true }
        let status = try await RawHTTP.status(port: port, Self.request)
        second.withLock { $0 = status }
        return false
      }
      // The first one has left; its place is free again.
      var third = 0
      for _ in 0..<100 where third != 200 {
        third = try await RawHTTP.status(port: port, Self.request)
        if third != 200 { try await Task.sleep(for: .milliseconds(20)) }
      }
      return [second.withLock { $0 }, third]
    }
    #expect(status == [503, 200])
  }

  @Test("Streams end at once when the server shuts down")
  func gracefulShutdown() async throws {
    let server = try TestServer()
    let clock = ContinuousClock()
    let reading = Mutex<Task<String, any Error>?>(nil)
    let stopped = try await server.test(.live) { client in
      let port = try #require(client.port)
      let (opened, opens) = AsyncStream<Void>.makeStream()
      // It outlives the test's closure: that the server ends it is what is tested.
      let task = Task {
        try await RawHTTP.exchange(port: port, Self.request) { text in
          if text.contains("event: live") { opens.finish() }
          return true
        }
      }
      reading.withLock { $0 = task }
      for await _ in opened {}
      return clock.now
    }
    let text = try await reading.withLock { $0 }?.value ?? ""
    #expect(text.contains("event: live"))
    let took = clock.now - stopped
    #expect(took < .seconds(2))
  }

  @Test("A reader who does not read gets the newest frame only and holds up nobody")
  func slowReader() async {
    let mailbox = Mailbox()
    for number in 0..<1_000 { mailbox.offer(live: ByteBuffer(string: "frame \(number)")) }
    mailbox.offer(heartbeat: ByteBuffer(string: "beat"))
    let taken = await mailbox.next()
    #expect(taken?.map { String(buffer: $0) } == ["frame 999", "beat"])
    #expect(mailbox.waited() == .zero)
    mailbox.offer(live: ByteBuffer(string: "last"))
    #expect(mailbox.waited() >= .zero)
    mailbox.close()
    #expect(await mailbox.next() == nil)
  }

  @Test("Before the first event the stream says that nothing is known")
  func emptyStore() async throws {
    let server = try TestServer(isEmpty: true)
    let text = try await server.test(.live) { client in
      try await RawHTTP.exchange(port: try #require(client.port), Self.request) { !$0.contains("event: live") || !$0.hasSuffix("\n\n\r\n") }
    }
    let frame = try data(body(text), "live").first ?? .null
    #expect(frame["as_of"] == .null)
    #expect(frame["batch"] == 0)
    #expect(frame["totals"]["census"] == 0)
  }
}

extension Array {
  fileprivate func dropFirst(while predicate: (Element) -> Bool) -> ArraySlice<Element> { drop(while: predicate) }
}
