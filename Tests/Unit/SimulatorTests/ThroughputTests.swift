import Hospital
import Simulator
import Testing

@Suite("Throughput")
struct ThroughputTests {
  /// Tells the figure; only in a release build does it mean anything, so nothing is demanded of it but that the work is done.
  @Test("Ten days of seven hospitals is generated")
  func generates() throws {
    var simulation = try HospitalSimulation(configuration: TestNetwork.configuration())
    var bytes = 0
    var events = 0
    let clock = ContinuousClock()
    let end = TestNetwork.after(days: 10)
    let time = clock.measure {
      while let event = simulation.next(), event.sentAt < end {
        bytes += event.body.count
        events += 1
      }
    }
    let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
    print("simulator: \(events) events, \(bytes / max(events, 1)) bytes each, \(Int(Double(events) / seconds)) events/s")
    #expect(events > 20_000)
  }

  @Test("A rate plan says when each record is due")
  func paces() {
    #expect(RatePlan.rate(1000).nanoseconds(index: 500, sentAt: 0, start: 0) == 500_000_000)
    #expect(RatePlan.speed(60).nanoseconds(index: 1, sentAt: 60 * CivilTime.second, start: 0) == 1_000_000_000)
    #expect(RatePlan.unpaced.nanoseconds(index: 9, sentAt: 9, start: 0) == 0)
  }
}
