/// How long each hospital has been silent, by the wall clock.
struct FeedAges {
  struct Feed {
    var lastEventAt: Instant?
    var ageSeconds: Double?
    var isSilent: Bool
    var events: Int
  }

  let byHospital: [Int: Feed]

  init(_ status: PipelineStatus, silentAfter: Duration, now: Instant = .now) {
    let limit = Double(silentAfter.components.seconds)
    byHospital = Dictionary(
      status.feeds.map { feed in
        let age = feed.lastEventAt.map { max(0, now.seconds(since: $0)) }
        return (feed.hospitalID, Feed(lastEventAt: feed.lastEventAt, ageSeconds: age, isSilent: (age ?? .infinity) > limit, events: feed.events))
      }, uniquingKeysWith: { $1 })
  }

  /// A hospital that never sent anything to this process is silent.
  func feed(of hospital: Int) -> Feed { byHospital[hospital] ?? Feed(lastEventAt: nil, ageSeconds: nil, isSilent: true, events: 0) }
}
