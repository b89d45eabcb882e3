import Lakehouse
import Testing

struct RecentlyUsedTests {
  @Test func itKeepsWhatWasUsedLastAndForgetsTheRest() {
    var recent = RecentlyUsed<Int>(capacity: 10)
    for key in 0..<100 {
      recent.insert(key, Int64(key))
      #expect(recent.value(0) == 0)
      #expect(recent.count <= 10)
    }
    #expect(recent.value(99) == 99)
    #expect(recent.value(96) == 96)
    #expect(recent.value(50) == nil)
  }

  @Test func theLastValueOfAKeyHolds() {
    var recent = RecentlyUsed<Int>(capacity: 4)
    recent.insert(1, 7)
    for key in 10..<12 { recent.insert(0, Int64(key)) }
    recent.insert(2, 7)
    for key in 20..<21 { recent.insert(0, Int64(key)) }
    #expect(recent.value(7) == 2)
    recent.removeAll()
    #expect(recent.value(7) == nil)
  }
}
