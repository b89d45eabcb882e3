import DuckDB
import Testing

@testable import Serving

@Suite("Small things")
struct ValuesTests {
  @Test(
    "An instant is read with its offset and written in UTC",
    arguments: [
      ("2026-03-02T14:30:00Z", "2026-03-02T14:30:00Z"), ("2026-03-02T14:30:00.123456Z", "2026-03-02T14:30:00Z"),
      ("2026-03-02T00:30:00+01:00", "2026-03-01T23:30:00Z"),
      ("2026-03-02T00:30:00 01:00", "2026-03-01T23:30:00Z"), ("2024-02-29T23:59:59-05:30", "2024-03-01T05:29:59Z"),
      ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"),
      ("2026-03-02T14:30Z", "2026-03-02T14:30:00Z"), ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
      ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
    ])
  func instants(_ text: String, _ written: String) { #expect(Instant(text: text)?.text == written) }

  @Test(
    "What is no instant is refused",
    arguments: [
      "", "2026", "2026-03-02", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-03-02T24:00:00Z", "2026-03-02T14:30:00",
      "2026-03-02T14:30:00Zx", "2026-03-02T14:30:00.Z",
    ])
  func noInstants(_ text: String) { #expect(Instant(text: text) == nil) }

  @Test("Parts of a second are kept where they are asked for")
  func fractions() {
    #expect(Instant(microseconds: 1_500_042).textWithMilliseconds == "1970-01-01T00:00:01.500Z")
    #expect(Instant(microseconds: 1_500_042).textWithMicroseconds == "1970-01-01T00:00:01.500042Z")
    #expect(Instant(microseconds: -1).text == "1969-12-31T23:59:59Z")
  }

  @Test("A query's names become positions, each bound once however often it is written")
  func parameters() throws {
    let query = GoldQuery("select $b, $a, $b")
    #expect(query.sql == "select $1, $2, $1")
    let fixture = try GoldFixture(isEmpty: true)
    #expect(try query.rows(on: fixture.connection, ["a": 1, "b": 2]).rows == [[2, 1, 2]])
  }

  @Test("JSON escapes what it must and knows no infinity")
  func json() {
    var writer = JSONWriter()
    writer.object { writer in
      writer.field("text", "a\"\\\n\u{1}ü")
      writer.field("number", Double.infinity)
      writer.field("whole", 3.0)
      writer.key("list")
      writer.array { writer in
        writer.string("x")
        writer.null()
      }
    }
    #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"text":"a\"\\\n\u0001ü","number":null,"whole":3,"list":["x",null]}"#)
  }

  @Test("A secret compares whole and never shows")
  func secrets() {
    #expect(Secret("token").matches("token"))
    for wrong in ["", "toke", "token2", "Token"] { #expect(!Secret("token").matches(wrong)) }
    #expect(!Secret("").matches(""))
    #expect("\(Secret("token"))" == "‹secret›")
  }

  @Test("Latency is that of the events, however they fell into batches")
  func history() {
    let history = CommitHistory()
    let start = Instant(microseconds: 1_700_000_000_000_000)
    for number in 0..<300 {
      let at = start.advanced(bySeconds: Double(number))
      history.record(
        CommitNotice(
          batch: number, committedAt: at, duration: .milliseconds(10), events: 1_000, acceptedFrom: at.advanced(bySeconds: -0.110),
          acceptedThrough: at.advanced(bySeconds: -0.010), lag: 7))
    }
    let end = start.advanced(bySeconds: 299)
    let latency = history.latency(at: end)
    #expect(abs((latency?.p50 ?? 0) - 60) < 15)
    #expect(abs((latency?.p99 ?? 0) - 110) < 15)
    #expect(abs(history.eventsPerSecond(at: end) - 1_000) < 150)
    #expect(history.commits.count == 20)
    #expect(history.commits.first?.batch == 299)
    let rates = history.rates(at: end)
    #expect(rates.count <= 60)
    #expect(rates.dropFirst().allSatisfy { $0.eventsPerSecond == 1_000 && $0.lag == 7 })
    #expect(history.latency(at: end.advanced(bySeconds: 400)) == nil)
    #expect(history.eventsPerSecond(at: end.advanced(bySeconds: 60)) == 0)
  }
}
