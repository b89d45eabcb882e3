/// Events on their way into the hub, in one contiguous buffer: the bytes of all keys and values, and where each begins.
public struct EventBuffer: Sendable {
  struct Entry: Sendable {
    /// -1 if the event has no key.
    var keyCount: Int32
    var valueCount: Int32
    var start: Int
  }

  private(set) var bytes: [UInt8] = []
  private(set) var entries: [Entry] = []

  public init() {}

  public init(reservingBytes bytes: Int, events: Int) {
    self.bytes.reserveCapacity(bytes)
    entries.reserveCapacity(events)
  }

  /// How many events there are.
  public var count: Int { entries.count }
  public var isEmpty: Bool { entries.isEmpty }
  /// The bytes of all keys and values together.
  public var byteCount: Int { bytes.count }

  /// Adds an event. Size limits are checked by the hub, which knows its configuration.
  public mutating func append(key: some Sequence<UInt8>, value: some Sequence<UInt8>) {
    let start = bytes.count
    bytes.append(contentsOf: key)
    close(start: start, keyEnd: bytes.count, value: value)
  }

  /// Adds an event without a key; the hub chooses the partition in turn.
  public mutating func append(value: some Sequence<UInt8>) {
    let start = bytes.count
    bytes.append(contentsOf: value)
    entries.append(Entry(keyCount: -1, valueCount: Int32(clamping: bytes.count - start), start: start))
  }

  /// Adds an event whose key is text, such as `1|P100`.
  public mutating func append(key: String, value: some Sequence<UInt8>) {
    append(key: key.utf8, value: value)
  }

  private mutating func close(start: Int, keyEnd: Int, value: some Sequence<UInt8>) {
    bytes.append(contentsOf: value)
    entries.append(
      Entry(
        keyCount: Int32(clamping: keyEnd - start), valueCount: Int32(clamping: bytes.count - keyEnd), start: start))
  }

  /// Key (nil if there is none) and value of one event; valid only inside `body`.
  func withEvent<Result>(
    at index: Int, _ body: (_ key: UnsafeRawBufferPointer?, _ value: UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    let entry = entries[index]
    return try bytes.withUnsafeBytes { all in
      let keyCount = Int(max(entry.keyCount, 0))
      let valueStart = entry.start + keyCount
      let key = entry.keyCount < 0 ? nil : UnsafeRawBufferPointer(rebasing: all[entry.start..<valueStart])
      return try body(key, UnsafeRawBufferPointer(rebasing: all[valueStart..<valueStart + Int(entry.valueCount)]))
    }
  }

  /// Calls `body` with key (nil if there is none) and value of each event, in order; valid only inside the call.
  public func forEach(_ body: (_ key: UnsafeRawBufferPointer?, _ value: UnsafeRawBufferPointer) throws -> Void) rethrows {
    for index in entries.indices { try withEvent(at: index, body) }
  }
}
