import Foundation
import Hospital
import Simulator
import Testing

@Suite("Zone rules")
struct ZoneRuleTests {
  @Test("A rule's offsets are those of the system's time zone database", arguments: ZoneRule.known.keys.sorted())
  func agreesWithDatabase(name: String) throws {
    let zone = try #require(TimeZone(identifier: name))
    let rule = try #require(ZoneRule.known[name])
    var instant = CivilTime.instant(year: 2024, month: 1, day: 1)
    while instant < CivilTime.instant(year: 2030, month: 1, day: 1) {
      let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant / CivilTime.second)))
      #expect(rule.offset(at: instant).minutes * 60 == offset, "\(name) at \(instant)")
      #expect(rule.offset(at: instant).until > instant)
      instant += 37 * CivilTime.hour
    }
  }
}
