/// The beds of one department and those who wait for one.
struct Ward: Sendable {
  let staffed: Int
  /// How many beds are to be closed.
  var closing: Int
  /// Free and clean, longest free first.
  private(set) var free: [Int]
  private(set) var closed: [Int] = []
  /// Slot of the patient in each bed, -1 for none; by bed number, the first is unused.
  private(set) var occupant: [Int]
  private(set) var taken = 0
  /// Who waits for a bed, by slot and tag: those in the hospital already, then those who come from outside.
  private var inside: [Waiting] = []
  private var outside: [Waiting] = []

  struct Waiting: Sendable {
    var slot: Int
    var tag: UInt32
  }

  init(staffed: Int, closing: Int) {
    self.staffed = staffed
    self.closing = closing
    occupant = [Int](repeating: -1, count: staffed + 1)
    free = Array(1...max(1, staffed))
    closeFree()
  }

  var open: Int { staffed - closing }
  /// The share of open beds that are taken, at most 1.
  var fullness: Double { open > 0 ? min(1, Double(taken) / Double(open)) : 1 }
  var waiting: Int { inside.count + outside.count }

  mutating func take(for slot: Int) -> Int? {
    guard !free.isEmpty else { return nil }
    let bed = free.removeFirst()
    occupant[bed] = slot
    taken += 1
    return bed
  }

  /// The patient has left; the bed is not free before it is cleaned.
  mutating func vacate(_ bed: Int) {
    occupant[bed] = -1
    taken -= 1
  }

  /// A bed is clean: it is closed if beds are to be closed, else free.
  mutating func makeReady(_ bed: Int) {
    if closed.count < closing { closed.append(bed) } else { free.append(bed) }
  }

  /// Changes how many beds are to be closed; gives the beds to be made ready again.
  mutating func close(_ count: Int) -> [Int] {
    closing = count
    closeFree()
    var reopened: [Int] = []
    while closed.count > closing, let bed = closed.popLast() { reopened.append(bed) }
    return reopened
  }

  private mutating func closeFree() {
    while closed.count < closing, let bed = free.popLast() { closed.append(bed) }
  }

  mutating func queue(_ waiting: Waiting, isInside: Bool) {
    if isInside { inside.append(waiting) } else { outside.append(waiting) }
  }

  /// Who is next for a bed.
  mutating func nextWaiting() -> Waiting? {
    if !inside.isEmpty { return inside.removeFirst() }
    return outside.isEmpty ? nil : outside.removeFirst()
  }
}
