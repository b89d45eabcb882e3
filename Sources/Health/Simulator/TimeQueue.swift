/// What comes next: a binary heap by instant; of equal instants, what was pushed first.
struct TimeQueue: Sendable {
  struct Entry: Sendable {
    var time: Int64
    var order: Int64
    var payload: UInt64

    func precedes(_ other: Entry) -> Bool {
      time != other.time ? time < other.time : order < other.order
    }
  }

  private var entries: [Entry] = []
  private var pushed: Int64 = 0

  var nextTime: Int64? { entries.first?.time }
  var isEmpty: Bool { entries.isEmpty }
  var count: Int { entries.count }

  mutating func push(_ payload: UInt64, at time: Int64) {
    let entry = Entry(time: time, order: pushed, payload: payload)
    pushed += 1
    entries.append(entry)
    entries.withUnsafeMutableBufferPointer { heap in
      var child = heap.count - 1
      while child > 0 {
        let parent = (child - 1) / 2
        guard entry.precedes(heap[parent]) else { break }
        heap[child] = heap[parent]
        child = parent
      }
      heap[child] = entry
    }
  }

  mutating func pop() -> Entry? {
    guard let first = entries.first, let last = entries.popLast() else { return nil }
    if entries.isEmpty { return first }
    entries.withUnsafeMutableBufferPointer { heap in
      let count = heap.count
      var parent = 0
      while true {
        var child = 2 * parent + 1
        guard child < count else { break }
        if child + 1 < count, heap[child + 1].precedes(heap[child]) { child += 1 }
        guard heap[child].precedes(last) else { break }
        heap[parent] = heap[child]
        parent = child
      }
      heap[parent] = last
    }
    return first
  }
}
