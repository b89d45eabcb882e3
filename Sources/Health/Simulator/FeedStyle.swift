import Hospital

/// How a hospital's system writes: no two are alike, and a pipeline has to read them all.
struct FeedStyle: Sendable {
  var sendsStays: Bool
  /// Whether stay records name the encounter; if not, its identity is derived.
  var sendsEncounter = true
  /// Whether the hospital's number is sent as a text.
  var hospitalIsText = false
  var bedIsNumber = false
  var genderIsLetter = false
  var sendsBirthDate = true
  var writesLocalTime = false
  var writesBareTime = false
  var system: String

  /// The style of the hospital at a position in a network of so many.
  init(position: Int, of count: Int, shape: SimulationShape, isInUTC: Bool) {
    switch shape {
    case .stay: sendsStays = true
    case .movement: sendsStays = false
    case .mixed: sendsStays = position * 7 >= count * 4
    }
    let kind = position % 7
    sendsEncounter = !sendsStays || kind == 4 || kind == 0
    hospitalIsText = kind == 5 || kind == 3
    bedIsNumber = kind == 6
    genderIsLetter = kind == 1 || kind == 4
    sendsBirthDate = kind != 2
    // Times without an offset mean UTC in stay records only.
    writesBareTime = sendsStays && kind == 5
    writesLocalTime = !writesBareTime && (!isInUTC || kind == 3)
    system = ["careway", "medora", "wardbook", "openadt"][position % 4]
  }
}
