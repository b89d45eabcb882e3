import Foundation

/// A progress bar on a terminal; nothing elsewhere.
struct ProgressLine {
  private let name: String
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var last = ContinuousClock.now
  private let begin = ContinuousClock.now

  init(_ name: String) { self.name = String(name.split(separator: "/").last ?? "") }

  mutating func show(_ progress: (done: Int64, all: Int64)) {
    guard isTerminal, ContinuousClock.now - last > .milliseconds(100) else { return }
    last = .now
    draw(progress)
  }

  func end(_ progress: (done: Int64, all: Int64)) {
    guard isTerminal else { return }
    draw(progress)
    FileHandle.standardError.write(Data("\n".utf8))
  }

  private func draw(_ progress: (done: Int64, all: Int64)) {
    let share = progress.all == 0 ? 1 : Double(progress.done) / Double(progress.all)
    let full = Int(share * 30)
    let bar = String(repeating: "█", count: full) + String(repeating: "·", count: 30 - full)
    let speed = Double(progress.done) / 1e6 / max(0.001, (ContinuousClock.now - begin) / .seconds(1))
    FileHandle.standardError.write(Data(String(format: "\r\u{1B}[2K%@ %@ %3.0f %% %.0f MB/s", name, bar, share * 100, speed).utf8))
  }
}
