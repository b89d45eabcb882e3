import EventHub
import Glibc

/// A file system in memory that keeps apart what was written and what is on the disk. It fails when told to, and a crash
/// leaves of unflushed writes any sectors, and of unflushed names any first part.
final class FaultFileSystem: LogFileSystem {
  /// What fails, one in so many calls; 0 never.
  struct Rates: Sendable {
    var write = 0
    var synchronize = 0
    var truncate = 0
    var open = 0
  }

  struct State: Sendable {
    var files: [Int: FaultFileContent] = [:]
    var nextFile = 0
    var names: [String: Int] = [:]
    var durableNames: [String: Int] = [:]
    /// Changes of names that no directory flush has confirmed: nil removes.
    var pendingNames: [(path: String, file: Int?, source: String?)] = []
    var locked: Set<String> = []
    /// Files opened before the last crash are dead.
    var life = 0
    var isDown = false
    var random: SeededGenerator
    var rates = Rates()
    /// Bytes that all files together may have.
    var capacity = Int.max
    /// The crash comes after so many more calls.
    var callsUntilCrash: Int?
    var logFlushes = 0
    var flushDelayMicroseconds: UInt32 = 0
    /// The next so many flushes of a log file fail.
    var failingFlushes = 0
    /// Only flushes of paths with this in them fail.
    var failingPath = ".log"

    /// A rename is one change: both names or neither.
    mutating func apply(_ change: (path: String, file: Int?, source: String?)) {
      durableNames[change.path] = change.file
      if let source = change.source { durableNames[source] = nil }
    }

    mutating func count() throws(FileSystemError) {
      if let left = callsUntilCrash {
        callsUntilCrash = left - 1
        if left <= 0 { isDown = true }
      }
      if isDown { throw FileSystemError(.open, EIO) }
    }

    mutating func fails(oneIn rate: Int) -> Bool { rate > 0 && random.happens(oneIn: rate) }
    var usedBytes: Int { names.values.reduce(0) { $0 + (files[$1]?.memory.count ?? 0) } }
  }

  let state: Locked<State>

  init(seed: Int = 0) { state = Locked(State(random: SeededGenerator(seed: UInt64(seed)))) }

  func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }

  var isDown: Bool { state.withLock { $0.isDown } }

  /// The machine loses power and starts again: open files are gone, unflushed things may be.
  func crash() {
    state.withLock { state in
      let kept = Int.random(in: 0...state.pendingNames.count, using: &state.random)
      for change in state.pendingNames.prefix(kept) { state.apply(change) }
      state.pendingNames = []
      state.names = state.durableNames
      for file in state.files.keys.sorted() { state.files[file]?.crash(&state.random) }
      state.locked = []
      state.life += 1
      state.isDown = false
      state.callsUntilCrash = nil
    }
  }

  /// The process is killed: what was written stays, open files are gone.
  func kill() {
    state.withLock { state in
      state.life += 1
      state.locked = []
      state.isDown = false
      state.callsUntilCrash = nil
    }
  }

  func contents(_ path: String) -> [UInt8]? { state.withLock { state in state.names[path].flatMap { state.files[$0]?.memory } } }

  /// Puts bytes on the disk, as if they had always been there.
  func plant(_ bytes: [UInt8], at path: String) {
    state.withLock { state in
      state.nextFile += 1
      state.files[state.nextFile] = FaultFileContent(memory: bytes, disk: bytes)
      state.names[path] = state.nextFile
      state.durableNames[path] = state.nextFile
    }
  }

  var paths: [String] { state.withLock { $0.names.keys.sorted() } }

  // MARK: LogFileSystem

  func createDirectory(_ path: String) throws(FileSystemError) {}

  func list(_ path: String) throws(FileSystemError) -> [String] {
    try locked { state throws(FileSystemError) in
      try state.count()
      return state.names.keys.filter { $0.hasPrefix(path + "/") }
        .map { String($0.dropFirst(path.count + 1)) }.filter { !$0.contains("/") }
    }
  }

  func exists(_ path: String) -> Bool { state.withLock { $0.names[path] != nil } }

  func openForReading(_ path: String) throws(FileSystemError) -> any LogFile { try open(path, create: false) }

  func openForWriting(_ path: String, create: Bool) throws(FileSystemError) -> any LogFile { try open(path, create: create) }

  private func open(_ path: String, create: Bool) throws(FileSystemError) -> FaultFile {
    try locked { state throws(FileSystemError) in
      try state.count()
      if state.fails(oneIn: state.rates.open) { throw FileSystemError(.open, EIO) }
      if let file = state.names[path] { return FaultFile(self, file, path, life: state.life) }
      guard create else { throw FileSystemError(.open, ENOENT) }
      state.nextFile += 1
      state.files[state.nextFile] = FaultFileContent(memory: [], disk: [])
      state.names[path] = state.nextFile
      state.pendingNames.append((path, state.nextFile, nil))
      return FaultFile(self, state.nextFile, path, life: state.life)
    }
  }

  func remove(_ path: String) throws(FileSystemError) {
    try locked { state throws(FileSystemError) in
      try state.count()
      if state.names.removeValue(forKey: path) != nil { state.pendingNames.append((path, nil, nil)) }
    }
  }

  func rename(_ path: String, to target: String) throws(FileSystemError) {
    try locked { state throws(FileSystemError) in
      try state.count()
      guard let file = state.names.removeValue(forKey: path) else { throw FileSystemError(.rename, ENOENT) }
      state.names[target] = file
      state.pendingNames.append((target, file, path))
    }
  }

  func synchronizeDirectory(_ path: String) throws(FileSystemError) {
    try locked { state throws(FileSystemError) in
      try state.count()
      if state.fails(oneIn: state.rates.synchronize) { throw FileSystemError(.synchronize, EIO) }
      let pending = state.pendingNames
      for change in pending where change.path.hasPrefix(path + "/") { state.apply(change) }
      state.pendingNames.removeAll { $0.path.hasPrefix(path + "/") }
    }
  }

  func lock(_ path: String) throws(FileSystemError) -> (any LogFile)? {
    let file = try open(path, create: true)
    return state.withLock { $0.locked.insert(path).inserted } ? file : nil
  }

  func locked<Result>(_ body: (inout State) throws(FileSystemError) -> Result) throws(FileSystemError) -> Result {
    try state.withLock { state throws(FileSystemError) in try body(&state) }
  }
}
