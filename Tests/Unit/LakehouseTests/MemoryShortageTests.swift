import Lakehouse
import Testing

struct MemoryShortageTests {
  @Test func eachFailureHalvesTheBatchAndEachCommitDoublesItAgain() {
    let shortage = MemoryShortage()
    #expect(shortage.bytes(4 << 20) == 4 << 20)
    for power in 1...6 {
      shortage.failed()
      #expect(shortage.bytes(4 << 20) == (4 << 20) >> power)
    }
    for _ in 0..<100 { shortage.failed() }
    #expect(shortage.bytes(4 << 20) == 64 << 10)
    #expect(shortage.bytes(1000) == 1000, "no batch becomes larger than it may be")
    #expect(shortage.records(64_000) == 1000)
    #expect(shortage.records(20) == 20)
    for _ in 0..<200 { shortage.committed() }
    #expect(shortage.bytes(4 << 20) == 4 << 20)
  }
}
