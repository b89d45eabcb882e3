#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What the operating system says of this process, under the names Prometheus's own clients use.
enum ProcessMetrics {
  static func write(to text: inout String) {
    var usage = rusage()
    if getrusage(processSelf, &usage) == 0 {
      let seconds = Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
      text += "# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total \(PrometheusText.number(seconds))\n"
    }
    if let bytes = residentBytes() {
      text += "# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes \(bytes)\n"
    }
  }

  #if canImport(Glibc)
    private static var processSelf: __rusage_who_t { __rusage_who_t(RUSAGE_SELF.rawValue) }
  #else
    private static var processSelf: Int32 { RUSAGE_SELF }
  #endif

  /// The resident set now, from `/proc`; nothing where there is none.
  static func residentBytes() -> Int? {
    guard let file = fopen("/proc/self/statm", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, Int32(line.count), file) != nil else { return nil }
    let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let fields = text.split(separator: " ")
    guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}
