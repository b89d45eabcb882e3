#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The wall clock as logs write it, in UTC with milliseconds.
struct LogTime {
  let date: String
  let time: String

  init() {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    self.init(seconds: Int(now.tv_sec), milliseconds: now.tv_nsec / 1_000_000)
  }

  init(seconds: Int, milliseconds: Int) {
    var parts = tm()
    var whole = time_t(seconds)
    gmtime_r(&whole, &parts)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    date = "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    let fraction = String(1000 + milliseconds).dropFirst()
    time = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)).\(fraction)"
  }

  var iso: String { "\(date)T\(time)Z" }
}
