import Hospital
import Testing

@Suite("Rules")
struct RuleTests {
  @Test("Each rule has an id in lower case and a sentence of its own")
  func areDescribed() {
    for rule in Rule.allCases {
      #expect(rule.rawValue.allSatisfy { $0.isLowercase || $0 == "_" || $0.isNumber })
      #expect(rule.sentence.hasSuffix(".") && rule.sentence.count > 20)
    }
    #expect(Set(Rule.allCases.map(\.sentence)).count == Rule.allCases.count)
  }

  @Test("A record in quarantine is judged by itself, so that its neighbours cannot change the verdict")
  func quarantineNeedsOneRecord() {
    for rule in Rule.allCases where rule.severity == .quarantine { #expect(rule.scope == .record) }
  }

  @Test("A movement's cancellation cancels that movement")
  func cancellationsMatch() {
    for type in MovementType.allCases {
      if let cancellation = type.cancellation { #expect(cancellation.cancelled == type) }
      #expect((type.cancellation == nil) != (type.cancelled == nil))
    }
  }
}
