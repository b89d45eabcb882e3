import EventHub
import Glibc

/// An open file of `FaultFileSystem`.
final class FaultFile: LogFile {
  private let system: FaultFileSystem
  private let number: Int
  private let path: String
  private let life: Int

  init(_ system: FaultFileSystem, _ number: Int, _ path: String, life: Int) {
    self.system = system
    self.number = number
    self.path = path
    self.life = life
  }

  private func use<Result>(
    _ body: (inout FaultFileSystem.State, inout FaultFileContent) throws(FileSystemError) -> Result
  ) throws(FileSystemError) -> Result {
    try system.locked { state throws(FileSystemError) in
      try state.count()
      guard life == state.life, var file = state.files[number] else { throw FileSystemError(.open, EBADF) }
      state.files[number] = nil
      defer { state.files[number] = file }
      return try body(&state, &file)
    }
  }

  func size() throws(FileSystemError) -> Int64 {
    try use { _, file throws(FileSystemError) in Int64(file.memory.count) }
  }

  func read(into target: UnsafeMutableRawBufferPointer, at position: Int64) throws(FileSystemError) -> Int {
    try use { _, file throws(FileSystemError) in
      let start = min(Int(position), file.memory.count)
      let bytes = file.memory[start..<min(start + target.count, file.memory.count)]
      target.copyBytes(from: bytes)
      return bytes.count
    }
  }

  func write(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, at position: Int64) throws(FileSystemError) {
    try use { state, file throws(FileSystemError) in
      let bytes = Array(first) + Array(second)
      var count = bytes.count
      var failure: FileSystemError?
      let growth = Int(position) + count - file.memory.count
      // `usedBytes` does not see this file, which is taken out of the state while it is used.
      let room = state.capacity == .max ? .max : state.capacity - state.usedBytes - file.memory.count
      if growth > 0, growth > room {
        count = max(0, count - (growth - max(room, 0)))
        failure = FileSystemError(.write, ENOSPC)
      } else if state.fails(oneIn: state.rates.write) {
        count = Int.random(in: 0..<max(count, 1), using: &state.random)
        failure = FileSystemError(.write, EIO)
      }
      bytes.prefix(count).withUnsafeBytes { file.write($0, at: Int(position)) }
      if let failure { throw failure }
    }
  }

  func synchronize() throws(FileSystemError) {
    let delay = system.state.withLock { $0.flushDelayMicroseconds }
    if delay > 0 { usleep(delay) }
    try use { state, file throws(FileSystemError) in
      if path.hasSuffix(".log") { state.logFlushes += 1 }
      let isChosen = state.failingFlushes > 0 && path.contains(state.failingPath)
      if isChosen { state.failingFlushes -= 1 }
      if isChosen || state.fails(oneIn: state.rates.synchronize) {
        file.failFlush(&state.random)
        throw FileSystemError(.synchronize, EIO)
      }
      file.flush()
    }
  }

  func truncate(to size: Int64) throws(FileSystemError) {
    try use { state, file throws(FileSystemError) in
      if state.fails(oneIn: state.rates.truncate) { throw FileSystemError(.truncate, EIO) }
      file.truncate(to: Int(size))
    }
  }

  func dropCache() { system.change { state in state.files[number]?.dropCache() } }

  func close() { system.change { state in if life == state.life { state.locked.remove(path) } } }
}
