/// One stored event, seen where it lies in its slice. The pointers are valid only inside the closure that got them.
public struct RecordView {
  public var offset: Int64
  /// When the hub took the event (`enqueued_at`), in milliseconds since 1970; never falls within a partition.
  public var enqueuedMilliseconds: Int64
  /// Nil if the event was sent without a key.
  public var key: UnsafeRawBufferPointer?
  /// The event's body, as it was sent.
  public var value: UnsafeRawBufferPointer
  var headers: UnsafeRawBufferPointer

  /// `enqueued_at` in microseconds since 1970, the unit of the lakehouse's timestamps.
  public var enqueuedMicroseconds: Int64 { enqueuedMilliseconds &* 1000 }

  /// The record's headers, in their order.
  public func forEachHeader(_ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer?) throws -> Void) rethrows {
    var position = 0
    guard let count = Varint.read(headers, &position), count > 0 else { return }
    for _ in 0..<count {
      guard let nameCount = Varint.read(headers, &position), nameCount >= 0, Int(nameCount) <= headers.count - position
      else { return }
      let name = UnsafeRawBufferPointer(rebasing: headers[position..<position + Int(nameCount)])
      position += Int(nameCount)
      guard let valueCount = Varint.read(headers, &position), Int(max(valueCount, 0)) <= headers.count - position else {
        return
      }
      let value = valueCount < 0 ? nil : UnsafeRawBufferPointer(rebasing: headers[position..<position + Int(valueCount)])
      position += Int(max(valueCount, 0))
      try body(name, value)
    }
  }
}
