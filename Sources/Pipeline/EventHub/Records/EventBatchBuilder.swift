/// Builds one batch, copying each event once to where it will be written from.
///
/// ```swift
/// var builder = EventBatchBuilder()
/// builder.append(key: key, value: line)
/// if builder.byteCount >= 1 << 20 { try await writer.append(builder.finish(), partition: 2) }
/// ```
public struct EventBatchBuilder {
  /// Room for the varints of one record: six of ten bytes, and the attributes.
  private static let overhead = 61

  private var storage: ByteStorage?
  private let capacity: Int
  private var used = 0
  private var baseTimestamp: Int64?
  /// How many events were added since the last `finish`.
  public private(set) var count = 0

  /// `reservingBytes` is how much the batch is expected to hold; it grows if there is more.
  public init(reservingBytes: Int = 1 << 20) {
    capacity = max(reservingBytes, 256)
  }

  /// Bytes that the batch would take in the log.
  public var byteCount: Int { used + BatchHeader.byteCount }
  public var isEmpty: Bool { count == 0 }

  /// Adds an event. `timestamp` is the sender's own time in milliseconds since 1970, kept for Kafka's consumers; the
  /// hub's time is given when the batch is appended.
  public mutating func append(
    key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer, timestamp: Int64? = nil,
    headers: [(name: String, value: [UInt8])] = []
  ) {
    let keyCount = key?.count ?? 0
    let base = baseTimestamp ?? timestamp
    let timestampDelta = timestamp.flatMap { time in base.map { time &- $0 } } ?? 0
    var headerBytes = Varint.size(Int64(headers.count))
    for header in headers {
      let name = header.name.utf8.count
      headerBytes += Varint.size(Int64(name)) + name + Varint.size(Int64(header.value.count)) + header.value.count
    }
    let length =
      1 + Varint.size(timestampDelta) + Varint.size(Int64(count)) + Varint.size(key == nil ? -1 : Int64(keyCount))
      + keyCount + Varint.size(Int64(value.count)) + value.count + headerBytes
    var pointer = room(for: length + Self.overhead) + used
    let start = pointer
    Varint.write(Int64(length), to: &pointer)
    pointer.storeBytes(of: 0, as: UInt8.self)
    pointer += 1
    Varint.write(timestampDelta, to: &pointer)
    Varint.write(Int64(count), to: &pointer)
    if let key {
      Varint.write(Int64(keyCount), to: &pointer)
      Self.copy(key, to: &pointer)
    } else {
      Varint.write(-1, to: &pointer)
    }
    Varint.write(Int64(value.count), to: &pointer)
    Self.copy(value, to: &pointer)
    Varint.write(Int64(headers.count), to: &pointer)
    for header in headers {
      Varint.write(Int64(header.name.utf8.count), to: &pointer)
      for byte in header.name.utf8 {
        pointer.storeBytes(of: byte, as: UInt8.self)
        pointer += 1
      }
      Varint.write(Int64(header.value.count), to: &pointer)
      header.value.withUnsafeBytes { Self.copy($0, to: &pointer) }
    }
    used += pointer - start
    count += 1
    baseTimestamp = base
  }

  /// Adds an event of byte collections. Use the pointer form where speed matters.
  public mutating func append(key: [UInt8]?, value: [UInt8], timestamp: Int64? = nil) {
    value.withUnsafeBytes { value in
      guard let key else { return append(key: nil, value: value, timestamp: timestamp) }
      key.withUnsafeBytes { append(key: $0, value: value, timestamp: timestamp) }
    }
  }

  /// The batch of everything added, which then belongs to the caller; the builder is empty again.
  /// Nil if nothing was added.
  public mutating func finish() -> EventBatch? {
    guard let storage, count > 0 else { return nil }
    var header = BatchHeader()
    header.count = count
    header.totalBytes = used + BatchHeader.byteCount
    header.baseTimestamp = baseTimestamp ?? 0
    let batch = EventBatch(
      storage: storage, records: 0..<used, header: header, hasSenderTime: baseTimestamp != nil)
    self.storage = nil
    used = 0
    count = 0
    baseTimestamp = nil
    return batch
  }

  @inline(__always)
  private static func copy(_ bytes: UnsafeRawBufferPointer, to pointer: inout UnsafeMutableRawPointer) {
    guard let source = bytes.baseAddress else { return }
    pointer.copyMemory(from: source, byteCount: bytes.count)
    pointer += bytes.count
  }

  /// The start of memory that has room for `more` bytes after `used` and that nobody else can see.
  @inline(__always)
  private mutating func room(for more: Int) -> UnsafeMutableRawPointer {
    // A copy of the builder shares the memory, and must not see what this one writes next.
    if isKnownUniquelyReferenced(&storage), let base = storage?.base, let size = storage?.capacity, size - used >= more {
      return base
    }
    return grow(more)
  }

  @inline(never)
  private mutating func grow(_ more: Int) -> UnsafeMutableRawPointer {
    let wanted = max(capacity, used + more, storage.map { $0.capacity - used >= more ? $0.capacity : $0.capacity * 2 } ?? 0)
    let next = ByteStorage(capacity: wanted)
    if let storage, used > 0 { next.base.copyMemory(from: storage.base, byteCount: used) }
    storage = next
    return next.base
  }
}
